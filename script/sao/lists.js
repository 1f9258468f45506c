// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// Lists that tell where the work is

(function() {
    'use strict';

    // A list is as it now is when it is looked at again.  Nothing may be
    // thrown here: the menu would stay empty.
    jQuery(document).on(
        'shown.bs.tab', '#tablist a', () => window.setTimeout(() => {
            const tab = Sao.Tab.tabs.get_current();
            const screen = tab && tab.screen;
            const view = screen && screen.current_view;
            if (view && view.view_type == 'tree' && tab.was_seen &&
                !screen.modified()) {
                screen.search_filter(screen.screen_container.get_text());
            }
            if (tab) {
                tab.was_seen = true;
            }
        }));

    // A list opens at the first tab with something in it.  Only the counts of
    // its first search decide, so that it never moves below somebody's hands.
    const {set_tab_counter} = Sao.ScreenContainer.prototype;
    Sao.ScreenContainer.prototype.set_tab_counter = function(count, index) {
        set_tab_counter.call(this, count, index);
        if (this.is_settled || !this.tab || count === null) {
            return;
        }
        this.counts = this.counts || {};
        this.counts[index] = count;
        const counted = this.tab_domain.map((tab, i) => i)
            .filter(i => this.tab_domain[i][2]);
        if (counted.some(i => this.counts[i] === undefined)) {
            return;
        }
        this.is_settled = true;
        const first = counted.find(i => this.counts[i]);
        if (first && counted[0] === 0 && !this.counts[0] &&
            this.get_tab_index() === 0 && !this.get_text()) {
            this.tab.find('.nav-tabs a').eq(first).click();
        }
    };

    // An empty list says why it is empty.
    const explain = screen => {
        const container = screen.screen_container;
        const text = container.get_text();
        if (text) {
            return Sao.i18n.gettext(
                'Nothing fits "%1". Clear the search to see all.', text);
        }
        const tab = container.tab_domain[container.get_tab_index()];
        return tab ? Sao.i18n.gettext(
            'There is nothing in "%1" at the moment.', tab[0]) :
            Sao.i18n.gettext('There is nothing here at the moment.');
    };

    Sao.View.Tree.prototype.display = (display => function(...parameters) {
        const prm = display.apply(this, parameters);
        const {screen} = this;
        this.el.children('.empty-list').remove();
        if (!screen.group.length && !screen.group.parent &&
            screen != Sao.main_menu_screen && screen._current_domain &&
            screen.screen_container.tab_domain) {
            jQuery('<p/>', {'class': 'empty-list'})
                .text(explain(screen)).insertAfter(this.treeview);
        }
        return prm;
    })(Sao.View.Tree.prototype.display);

    // What is filled in above a list takes effect at once.
    Sao.Screen.prototype.init = (init => function(...parameters) {
        init.apply(this, parameters);
        const context = this.context_screen;
        if (!context) {
            return;
        }
        let waiting, values;
        context.windows.push({record_modified: () => {
            window.clearTimeout(waiting);
            waiting = window.setTimeout(() => {
                const filled = JSON.stringify(Sao.rpc.prepareObject(
                    context.get_on_change_value()));
                if (filled != values && this.current_view) {
                    values = filled;
                    this.search_filter(this.screen_container.get_text());
                }
            }, 400);
        }});
    })(Sao.Screen.prototype.init);

    // On a phone a touch opens the record; the box before it ticks it.
    const {select_row} = Sao.View.Tree.Row.prototype;
    Sao.View.Tree.Row.prototype.select_row = function(event) {
        select_row.call(this, event);
        const {screen} = this.tree;
        const tab = Sao.Tab.tabs.get_current();
        if (window.matchMedia('(max-width: 767px)').matches &&
            tab && tab.screen === screen && !this.tree.editable &&
            !jQuery(event.target).closest('.selection-state, .expander, a')
                .length) {
            this.switch_row();
        }
    };
}());
