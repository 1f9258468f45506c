// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// Words that the client lacks, and the name of the product

(function() {
    'use strict';

    const LANGUAGES = ['zh_CN'];
    let words = {};

    Sao.i18n.loadJSON = (load => function(data, ...parameters) {
        return load.call(this, {...data, ...words}, ...parameters);
    })(Sao.i18n.loadJSON);

    // The server knows languages with an underscore only.
    Sao.i18n.getlang = () => Sao.i18n.getLocale().replace('-', '_');

    const name = () => {
        Sao.config.title = Sao.i18n.gettext('Hazard Management');
        Sao.set_title();
    };

    Sao.i18n.setlang = (set => function(...parameters) {
        const lang = (parameters[0] || navigator.language || 'en')
            .replace('-', '_');
        const known = LANGUAGES.includes(lang);
        return (
            known ? jQuery.getJSON(`locale/suite_${lang}.json`) :
            jQuery.when({})
        ).then(data => {
            words = data;
            return set.apply(this, parameters);
        }).then(name);
    })(Sao.i18n.setlang);
}());
