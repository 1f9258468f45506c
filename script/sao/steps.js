// This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
// level of this repository contains the full copyright notices.
//
// What happens when somebody has taken a step

(function() {
    'use strict';

    // A step that was taken in a form leaves the inbox as it now is, with the
    // next record in front, and tells what became of the record.

    const tell = text => {
        jQuery('.step-taken').remove();
        const note = jQuery('<div/>', {
            'class': 'step-taken alert alert-success',
            'role': 'status',
        }).text(text).appendTo(document.body);
        note.click(() => note.remove());
        window.setTimeout(() => note.remove(), 8000);
    };

    const get_state = record => {
        const {state} = record.model.fields;
        return state && state.description.type == 'selection' ?
            record._values.state : undefined;
    };

    const tell_step = (record, before) => record.model.execute(
        'read', [[record.id], ['rec_name', 'state', 'state:string']],
        record.get_context(), true, false).then(([values]) => {
            if (values.state != before) {
                tell(`${values.rec_name}  ${values['state:string']}`);
            }
        });

    Sao.Screen.prototype.button = (button => function(...parameters) {
        const record = this.current_record;
        this.before_step = record && [record, get_state(record)];
        return button.apply(this, parameters);
    })(Sao.Screen.prototype.button);

    const go_on = (screen, index, id) => screen.search_filter(
        screen.screen_container.get_text()).then(() => {
            const next = screen.group.get(id) ||
                screen.group[Math.min(index, screen.group.length - 1)];
            if (!next) {
                return screen.switch_view('tree');
            }
            screen.current_record = next;
            return screen.display(true).then(() => {
                if (next.id != id) {
                    screen.current_view.el.parents().scrollTop(0);
                }
            });
        });

    Sao.Screen.prototype.client_action = (run => function(action) {
        const view = this.current_view, record = this.current_record;
        if (action != 'reload' || this.group.parent) {
            return run.call(this, action);
        }
        const [stepped, before] = this.before_step || [];
        this.before_step = null;
        if (stepped && stepped === record && before !== undefined) {
            tell_step(record, before);
        }
        if (!record || view.view_type != 'form') {
            return run.call(this, action);
        }
        let prm = jQuery.when();
        if (this.views.some(v => v.view_type == 'tree')) {
            prm = go_on(this, this.group.indexOf(record), record.id);
        } else if (!this.attributes.res_id) {
            // It was opened to enter one record after another.
            prm = this.new_();
        }
        return prm.then(() => this.record_saved());
    })(Sao.Screen.prototype.client_action);
}());
