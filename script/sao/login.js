// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// Logging in, and a server that is busy

(function() {
    'use strict';

    // The client waits for a busy server and asks again, but in the end says
    // nothing.
    jQuery(document).ajaxError((event, query, settings) => {
        if (query.status == 503 && settings.retries >= 5) {
            Sao.common.warning.run(
                '', Sao.i18n.gettext('Unable to reach the server.'));
        }
    });

    // The server lists no databases, the site tells which one it serves.
    Sao.DB.list = (list => () => jQuery.get('database').then(
        name => [name], list))(Sao.DB.list);

    // Told to wait, the client would go on as if it were logged in.
    Sao.Login.prototype.run = (run => function(...parameters) {
        return run.apply(this, parameters).then(result =>
            Array.isArray(result) ? result : jQuery.Deferred().reject());
    })(Sao.Login.prototype.run);

    // Asked again, people are told why.
    Sao.Login.prototype.get_password = (ask => function(message, name) {
        if (this.asked == name) {
            message = `${Sao.i18n.gettext('Wrong password.')} ${message}`;
        }
        this.asked = name;
        return ask.call(this, message, name);
    })(Sao.Login.prototype.get_password);
}());
