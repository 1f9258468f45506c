// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// Boards

(function() {
    'use strict';

    // The client works out the domain of a tile and forgets to search by it;
    // the desktop client does not.
    const {Action} = Sao.View.Board;
    Action.prototype.init = (init => function(view, attributes) {
        init.call(this, view, attributes);
        this.action_prm.done(() => {
            this.screen.domain = this.domain;
        });
    })(Action.prototype.init);
}());
