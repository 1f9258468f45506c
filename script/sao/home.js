// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// The start page

(function() {
    'use strict';

    const HOME = 'hazard.home';

    // Its links tell what the page has counted already, instead of asking for
    // each of them.
    const {Link, StateWidget} = Sao.View.Form;
    const get_told = record => record && record.model.name == HOME &&
        record.id >= 0 && JSON.parse(record.field_get_client('links') || '{}');

    Link.prototype.set_state = (set_state => function(record) {
        const told = get_told(record);
        if (!told) {
            return set_state.call(this, record);
        }
        StateWidget.prototype.set_state.call(this, record);
        if (this.el.css('display') == 'none') {
            return;
        }
        const [name, number] = told[this.attributes.name] || [];
        if (!name) {
            this.el.sao_hide();
            return;
        }
        const data = {model: HOME, id: record.id, ids: [record.id]};
        this.el.attr('title', name).off('click').click(
            [data, record.get_context()], this.clicked.bind(this));
        this.set_label(name, [], [number]);
        if (number === null) {
            this.label.find('.badge').remove();
        }
    })(Link.prototype.set_state);

    // It is as it now is when it is looked at again.
    jQuery(document).on(
        'shown.bs.tab', '#tablist a', () => window.setTimeout(() => {
            const tab = Sao.Tab.tabs.get_current();
            if (tab && tab.screen && tab.screen.model_name == HOME) {
                if (tab.was_home) {
                    tab.reload(false);
                }
                tab.was_home = true;
            }
        }));
}());
