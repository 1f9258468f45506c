# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""The web client as a person uses it, driven through Playwright."""

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import TimeoutError, expect

__all__ = ['DESKTOP', 'PHONE', 'Sao', 'launch']

DESKTOP = {'width': 1280, 'height': 800}
PHONE = {'width': 390, 'height': 844}
EXECUTABLE = '/usr/bin/chromium'
FLAGS = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
    '--no-sandbox',
    ]
PRESSES = 5
SCREENSHOTS = Path(__file__).parents[2] / 'var' / 'screenshots'

# Resolves when no request has been under way and nothing has faded for a while
SETTLED = """polls => new Promise(resolve => {
    let quiet = 0;
    const look = () => {
        const busy = jQuery.active
            || document.querySelector('.modal.fade:not(.in)[style*=block]');
        quiet = busy ? 0 : quiet + 1;
        if (quiet >= polls) resolve(true); else setTimeout(look, 40);
    };
    look();
})"""
# Resolves when the tab is gone or a question is asked before it goes
CLOSING = """number => document.querySelector('.modal.in')
    || document.querySelectorAll('#tablist > li').length < number"""
COUNT_CLICKS = """
    window.clicks = 0;
    addEventListener('mousedown', () => { window.clicks += 1 }, true);
"""
MENU = """rows => rows.map(row => ({
    name: (row.querySelector('.column-char') || {}).title || '',
    level: parseFloat(row.querySelector('.expander img').style.marginLeft),
    branch: row.querySelector('.expander').style.visibility != 'hidden',
    // Only what opens something can be a favourite.
    opens: !!row.querySelector('img.column-affix[title]'),
}))"""
ROWS = """rows => rows.map(row => Object.fromEntries(
    [...row.querySelectorAll('td[data-title]')]
    .map(cell => [
        cell.dataset.title.replace(/[:：]\\s*$/, ''),
        [...cell.querySelectorAll('.widget > *')].map(
            e => e.type == 'checkbox' ? String(e.checked)
                : e.value || e.innerText).join(' ').trim()])
    .filter(([name, value]) => name)))"""


def launch(playwright):
    return playwright.chromium.launch(
        executable_path=EXECUTABLE, args=FLAGS)


class Sao:
    # How often in a row nothing may be under way before it counts as settled
    polls = 5

    def __init__(self, browser, url, database, size=DESKTOP):
        self.url = f'{url}#{database}'
        self.is_phone = size == PHONE
        self.context = browser.new_context(
            locale='zh-CN', timezone_id='Asia/Shanghai', viewport=size,
            has_touch=self.is_phone, is_mobile=self.is_phone)
        self.context.add_init_script(COUNT_CLICKS)
        self.page = self.context.new_page()
        self.typed = 0
        self.errors = []
        self.page.on('pageerror', lambda e: self.errors.append(str(e)))

    def close(self):
        self.context.close()

    def settle(self):
        self.page.wait_for_timeout(50)
        try:
            self.page.wait_for_function(SETTLED, arg=self.polls)
        except TimeoutError as error:
            raise AssertionError(
                f"The client hangs: {self.errors}") from error

    def screenshot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r'[^\w.-]+', '-', name)
        self.page.screenshot(path=SCREENSHOTS / f'{name}.png')

    def login(self, login, password, home=False):
        "Log in; the start page is left unless it is what is looked at."
        self.page.goto(self.url)
        self.page.fill('.login-dialog #login', login)
        self.page.click('.login-dialog button[type=submit]')
        self.page.fill('.modal.in input[type=password]', password)
        self.page.keyboard.press('Enter')
        self.wait_menu()
        if not home and self.tabs():
            self.close_tab()

    def wait_menu(self):
        # On a phone it is behind the start page.
        self.page.wait_for_selector('#menu tbody tr', state='attached')
        self.settle()

    def open_preferences(self):
        "Open them by the name of the user; the menu goes until they are left"
        self.page.click('#user-preferences > a')
        self.page.locator('#user-preferences').get_by_text(
            re.compile("Preferences|首选项")).click()
        self.page.wait_for_selector('.modal.in')
        self.settle()

    @property
    def steps(self):
        "How often the person clicked, typed into a field or chose a file"
        return self.page.evaluate('() => window.clicks') + self.typed

    # Menu

    @property
    def _menu(self):
        return self.page.locator('#menu tbody tr')

    def _menu_rows(self):
        return self._menu.evaluate_all(MENU)

    def expand_menu(self, index):
        "Show what is below the row; it may be open already"
        rows = self._menu_rows()
        if (index + 1 == len(rows)
                or rows[index + 1]['level'] <= rows[index]['level']):
            self._menu.nth(index).locator('.expander').click()
            self.settle()

    def menu(self):
        "Return the paths of all entries that open something"
        index, path, paths = 0, [], []
        while index < len(rows := self._menu_rows()):
            row = rows[index]
            path = [p for p in path if p[0] < row['level']]
            path.append((row['level'], row['name']))
            if row['branch']:
                self.expand_menu(index)
            if not row['branch'] or row['opens']:
                paths.append(tuple(name for _, name in path))
            index += 1
        return paths

    def open(self, *path):
        "Open the menu entry that is reached by these names"
        if self.is_phone and not self.page.is_visible('#menu'):
            self.page.click('.navbar-brand[data-toggle=menu]')
        index, level = -1, -1
        for name in path:
            if index >= 0:
                self.expand_menu(index)
            index, level = self._find_menu(name, index + 1, level)
        self._menu.nth(index).locator('.column-char').click()
        self.settle()

    def wait_opened(self):
        "Wait for the tab or dialog of an entry; a print opens none of them"
        with suppress(TimeoutError):
            self.page.wait_for_selector(
                '#tablist > li, .modal.in', timeout=10_000)
        self.settle()

    def _find_menu(self, name, start, level):
        rows = self._menu_rows()
        children = None
        for index, row in enumerate(rows[start:], start):
            if row['level'] <= level:
                break
            if children is None:
                children = row['level']
            if row['level'] == children and row['name'] == name:
                return index, children
        raise LookupError(f"No entry {name!r} in the menu")

    # Tabs and lists

    @property
    def dialogs(self):
        return self.page.locator('.modal.in')

    @property
    def current(self):
        "The dialog on top, else the tab in front"
        if self.dialogs.count():
            return self.dialogs.last
        return self.page.locator('#tabcontent > .tab-pane.active')

    def tabs(self):
        return self.page.locator('#tablist > li').all_inner_texts()

    def close_tab(self):
        "Close the tab in front, giving up what is not saved"
        tabs = self.page.locator('#tablist > li')
        number = tabs.count()
        self.page.evaluate('() => { Sao.Tab.tabs.close_current() }')
        # What was looked up may come back late and ask whether to save
        self.page.wait_for_function(CLOSING, arg=number)
        self.settle()
        if self.dialogs.count():
            self.press("否")
        expect(tabs).to_have_count(number - 1)

    def domain(self, name):
        "Choose a tab of the list; its name may be followed by a count"
        self._tab(name).click()
        self.settle()

    def _tab(self, name):
        return self.current.locator('.nav-tabs a').filter(
            has_text=re.compile(rf'^\s*{re.escape(name)}\s*[\d+]*\s*$')
            ).first

    def count(self, name):
        "Return the count that the tab of the list shows"
        tab = self._tab(name)
        self.page.wait_for_function(
            "tab => tab.querySelector('.badge').innerText",
            arg=tab.element_handle())
        return int(tab.locator('.badge').inner_text())

    @property
    def _rows(self):
        return self.current.locator('.treeview tbody tr')

    def rows(self):
        "Return the list as dictionaries of column titles and texts"
        return self._rows.evaluate_all(ROWS)

    def rows_of_page(self):
        "Return the list on the form's page in front likewise"
        return self._look_at(self.current.locator(
                '.form-notebook .tab-pane.active .treeview tbody tr'))

    def rows_of_dialog(self):
        "Return the lists of the dialog in front likewise"
        return self._look_at(self._rows)

    def _look_at(self, rows):
        # Rows are filled when they are seen.
        for row in rows.all():
            row.scroll_into_view_if_needed()
            self.settle()
        return rows.evaluate_all(ROWS)

    def select(self, text):
        self._rows.filter(has_text=text).first.locator(
            'td[data-title]:visible').first.click()
        self.settle()

    def open_row(self, text):
        if self.is_phone:
            self.select(text)
        else:
            self._rows.filter(has_text=text).first.locator(
                'td[data-title]:visible').first.dblclick()
            self.settle()

    def open_first(self):
        "Show the first record, where there is one, as a form"
        # Boards have no other view.
        if not self._rows.count() or not self._button('switch_').count():
            return False
        self._rows.first.locator('.selection-state').first.click()
        self.toolbar('switch_')
        return True

    def _button(self, name):
        return self.current.locator(f'.toolbar button#{name}')

    def toolbar(self, name):
        "Press new_, save, switch_, reload, previous, next …"
        self._button(name).click()
        self.settle()

    def enabled(self, name):
        return self._button(name).is_enabled()

    # Forms

    def field(self, label):
        "The input of the label; labels end in a colon or not"
        return self.current.get_by_label(
            re.compile(rf'^\s*{re.escape(label)}\s*[:：]?\s*$')
            ).locator('visible=true').first

    def fill(self, label, value):
        field = self.field(label)
        tag = field.evaluate('e => e.tagName')
        if tag == 'SELECT':
            field.select_option(label=value)
        elif isinstance(value, bool):
            field.set_checked(value)
        else:
            field.click()
            field.fill(value)
            field.press('Tab')
            self.typed += 1
        self.settle()

    def choose(self, label, text):
        "Type into the field and choose the first proposal"
        field = self.field(label)
        proposal = self.page.locator(
            '.dropdown-completion:visible li.completion').first
        field.click()
        self._propose(field, text)
        self.typed += 1
        with suppress(TimeoutError):
            proposal.wait_for(timeout=10_000)
        if field.input_value() != text:
            # The client empties the field where the form is shown anew while
            # somebody types; so he types again.
            self._propose(field, text)
        proposal.click()
        self.settle()

    def _propose(self, field, text):
        field.fill('')
        field.press_sequentially(text)

    def value(self, label):
        field = self.field(label)
        if field.evaluate('e => e.tagName') == 'SELECT':
            return field.evaluate('e => e.selectedOptions[0].text')
        return field.input_value()

    def page_of_form(self, name):
        "Turn to a page of the form's notebook"
        self.current.get_by_role('tab', name=name).click()
        self.settle()

    def upload(self, title, path):
        "Choose a file for the button with this title"
        with self.page.expect_file_chooser() as chooser:
            self.current.get_by_title(title).first.click()
        chooser.value.set_files(path)
        self.typed += 1
        self.settle()

    def add_photo(self, field, path):
        "Add a photo to the list that has this title"
        self.current.locator('.form-one2many').filter(
            has=self.page.get_by_text(field, exact=True)).last.get_by_title(
            "新建").first.click()
        self.settle()
        self.upload("选择...", path)
        self.press("添加")

    def press(self, label):
        "Press a button of the form or the dialog in front"
        self.current.locator('button:visible').filter(
            has_text=re.compile(rf'^\s*{re.escape(label)}\s*$')
            ).last.click()
        self.settle()

    def cancel(self):
        "Leave the dialog in front by its button for that, else by the first"
        number = self.dialogs.count()
        buttons = self.dialogs.last.locator('.modal-footer button:visible')
        leave = buttons.and_(self.page.locator('.btn-link'))
        # A wizard loses a click that comes while it still takes its values
        for _ in range(PRESSES):
            (leave if leave.count() else buttons).first.click()
            self.settle()
            if self.dialogs.count() != number:
                return
        raise AssertionError("The dialog stays")

    # What the client says

    def told(self, name):
        "Return the words told of the step just taken, with a picture of it"
        note = self.page.locator('.step-taken')
        words = note.inner_text().split()
        self.settle()
        self.screenshot(name)
        # As if its time had come
        note.evaluate('e => e.remove()')
        return words

    @property
    def bell(self):
        "The number of unread notifications"
        return self.page.locator('#user-preferences .notification-badge')

    def notifications(self):
        "Open the list behind the bell and return its texts"
        self.page.click('#user-preferences > a')
        self.settle()
        return self.page.locator(
            '.notification-menu:visible .notification-item').all_inner_texts()

    def messages(self):
        "Return the texts of errors and warnings on the screen"
        return self.page.locator(
            '.modal.in.error-dialog .modal-body,'
            ' .modal.in.warning-dialog .modal-body,'
            ' .modal.in.user-warning-dialog .modal-body,'
            ' .infobar .alert:visible').all_inner_texts()

    def dismiss(self):
        "Close error and warning dialogs"
        while self.dialogs.count():
            self.dialogs.last.locator('.modal-footer .btn-primary').click()
            self.settle()
