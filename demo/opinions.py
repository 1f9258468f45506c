# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""What the people suggest, and what becomes of it."""

from typing import NamedTuple

from trytond.pool import Pool
from trytond.transaction import Transaction

from .photos import draw
from .tools import get_ref, working

__all__ = ['collect']

ROUTES = {
    None: "安全监察部",
    'suggestion': "生产技术部",
    'welfare': "工会",
    'management': "组织人事部",
    'equipment': "机电队",
    }


class Opinion(NamedTuple):
    days: int
    # None for an anonymous one
    author: str | None
    kind: str
    subject: str
    text: str
    # What is done, after how many days and with which words
    outcome: str = ''
    after: int = 0
    answer: str = ''
    satisfaction: str = ''
    published: bool = False
    photo: bool = False


OPINIONS = [
    Opinion(52, "李群", 'equipment', "副井口候罐室照明偏暗",
        "候罐室北侧两盏灯已老化，夜班上下井看不清台阶，建议更换为防爆LED灯。",
        'adopt', 3, "已列入机电队本月检修计划，更换6盏防爆LED灯。",
        '5', True, True),
    Opinion(47, None, 'management', "早班班前会时间过长",
        "班前会经常超过40分钟，影响交接班，建议控制在20分钟以内，重点讲当班风险。",
        'adopt', 5,
        "采纳。下发通知：班前会不超过25分钟，先讲当班风险与防范措施。",
        '4', True),
    Opinion(41, "江小雨", 'welfare', "井下供应热饭",
        "冬季井下班中餐凉得快，希望配发保温饭盒。",
        'adopt', 6, "工会已采购保温饭盒600个，下月发放到班组。", '5', True),
    Opinion(36, "贺满仓", 'suggestion', "胶带机头增设冲洗水管",
        "18506胶带机头煤尘大，建议增设一路冲洗水管，方便每班冲尘。",
        'answer', 4, "正在与通风队核定水压，核定后给出是否增设的意见。"),
    Opinion(30, "夏磊", 'suggestion', "取消小班周五学习",
        "周五学习与倒班冲突，建议取消。",
        'decline', 2,
        "周五学习为规程要求的班组安全活动，不能取消；可安排在倒班后补学。",
        '3'),
    Opinion(24, None, 'risk', "有人带班时脱岗",
        "综采一队夜班带班人员有时提前升井，建议加强下井带班的抽查。",
        'answer', 5, "已调阅人员定位记录并约谈当事人，每周抽查不少于两次。"),
    Opinion(19, "张风来", 'management', "三员津贴发放公示",
        "建议每季度公示三员津贴的考核结果。",
        'adopt', 10, "采纳，自本季度起在公示栏公示考核结果。"),
    Opinion(15, "王班升", 'welfare', "澡堂热水不足",
        "中班升井后澡堂热水供应不足。", 'withdraw', 1),
    Opinion(12, None, 'equipment', "架空乘人装置扶手松动",
        "三采区架空乘人装置12号吊椅扶手松动，已口头反映未处理。"),
    Opinion(4, "李群", 'suggestion', "回风巷增设隐患举报牌",
        "建议在回风巷口设置举报电话和二维码。"),
    Opinion(2, "江小雨", 'risk', "轨道上山上口缺警示灯",
        "二采区轨道上山上口没有警示灯，行人不注意容易误入。", photo=True),
    Opinion(1, None, 'welfare', "倒班宿舍隔音差",
        "倒班宿舍走廊噪声大，白天休息不好，建议加装隔音门条。"),
    ]
# Of which opinion the department that answers it makes a hazard, and where
FOUND = ("轨道上山上口缺警示灯", "二采区轨道上山")
DRAFT = Opinion(0, "李群", 'suggestion', "更衣室增加充电柜",
    "矿灯房旁的更衣室没有地方给手机充电。")


def collect(mine, clock, choice, database):
    "Let the people submit their opinions and the departments answer."
    with working(database):
        with Transaction().set_context(company=mine.company):
            set_routes(mine)
    steps = [(o.days, False, o) for o in OPINIONS]
    steps += [(o.days - o.after, True, o) for o in OPINIONS if o.outcome]
    known = {}
    for days, is_reply, opinion in sorted(steps, key=lambda s: -s[0]):
        clock.move(clock.ago(days, 10 if is_reply else 8))
        if is_reply:
            reply(mine, opinion, known[opinion], database)
        else:
            known[opinion] = submit(mine, opinion, clock, choice, database)
    clock.move(clock.now)
    subject, place = FOUND
    for opinion, id_ in known.items():
        if opinion.subject == subject:
            report_hazard(mine, opinion, id_, place, database)
    person = mine.people[DRAFT.author]
    with working(database, person.user):
        Pool().get('safety.feedback').create([get_values(DRAFT)])
    with working(database):
        Pool().get('safety.feedback.reminder').remind()


def set_routes(mine):
    pool = Pool()
    Route = pool.get('safety.feedback.route')
    Route.create([{
                'company': mine.company,
                'kind': (
                    get_ref(f'safety_feedback.kind_{code}') if code else None),
                'unit': mine.units[name].id,
                } for code, name in ROUTES.items()])


def get_values(opinion):
    return {
        'kind': get_ref(f'safety_feedback.kind_{opinion.kind}'),
        'subject': opinion.subject,
        'text': opinion.text,
        }


def submit(mine, opinion, clock, choice, database):
    "Return the id of the opinion."
    person = mine.people[opinion.author or "任飞"]
    with working(database, person.user):
        Feedback = Pool().get('safety.feedback')
        values = get_values(opinion)
        if not opinion.author:
            number, _ = Feedback.submit_anonymous(mine.company, values)
            with Transaction().set_context(_check_access=False):
                feedback, = Feedback.search([('number', '=', number)])
            return feedback.id
        if opinion.photo:
            image = draw(
                'lamp', [opinion.subject], clock.local(clock.now), False,
                choice)
            values['photos'] = [('create', [{'image': image}])]
        feedback, = Feedback.create([values])
        Feedback.submit([feedback])
        return feedback.id


def report_hazard(mine, opinion, id_, name, database):
    "Let who answers the opinion report what it tells of, at the place."
    place = next(p for p in mine.places if p.name == name)
    context = {
        'active_model': 'safety.feedback', 'active_id': id_,
        'active_ids': [id_]}
    with working(database, get_leader(mine, opinion).user):
        pool = Pool()
        Hazard = pool.get('hazard.hazard')
        Wizard = pool.get('safety.feedback.hazard', type='wizard')
        with Transaction().set_context(context):
            session, state, _ = Wizard.create()
            view = Wizard.execute(session, {}, state)['view']
            values = {
                # Without the names of what is chosen
                **{n: v for n, v in view['defaults'].items() if n[-1] != '.'},
                'place': place.id,
                'unit': place.unit.id,
                'discipline': get_ref('hazard.discipline_transport'),
                }
            (_, data), = Wizard.execute(
                session, {state: values}, 'make')['actions']
        Hazard.submit(Hazard.browse(data['res_id']))


def get_leader(mine, opinion):
    "Return who leads the department that answers the opinion."
    unit = ROUTES.get(opinion.kind, ROUTES[None])
    return next(
        p for p in mine.people.values()
        if p.unit.name == unit and p.post == 'captain')


def reply(mine, opinion, id_, database):
    author = mine.people[opinion.author or "任飞"]
    if opinion.outcome == 'withdraw':
        with working(database, author.user):
            Feedback = Pool().get('safety.feedback')
            Feedback.withdraw([Feedback(id_)])
        return
    with working(database, get_leader(mine, opinion).user):
        Feedback = Pool().get('safety.feedback')
        with Transaction().set_context(reason=opinion.answer):
            getattr(Feedback, opinion.outcome)([Feedback(id_)])
    if opinion.satisfaction:
        with working(database):
            Feedback = Pool().get('safety.feedback')
            Feedback.set_satisfaction(
                [Feedback(id_)], opinion.satisfaction, None)
    if opinion.published:
        with working(database, mine.people["韩书谨"].user):
            Feedback = Pool().get('safety.feedback')
            Feedback.publish([Feedback(id_)])
