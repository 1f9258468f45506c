# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"""Who can log in to the demonstration, in the order of the work."""

from typing import NamedTuple

__all__ = ['ADMIN', 'LOGINS', 'PASSWORD', 'Login']

PASSWORD = 'Demo-2026'


class Login(NamedTuple):
    role: str
    login: str
    password: str


LOGINS = [
    Login("群监网员(上报人)", 'reporter', PASSWORD),
    Login("队长(四定、复查)", 'captain', PASSWORD),
    Login("班长(整改责任人)", 'worker', PASSWORD),
    Login("安全监察部", 'safety', PASSWORD),
    Login("调度室", 'dispatch', PASSWORD),
    Login("井口群众安全工作站", 'station', PASSWORD),
    Login("矿长(批准治理方案、验收)", 'manager', PASSWORD),
    Login("组织人事部", 'party', PASSWORD),
    Login("工会", 'union', PASSWORD),
    Login("团委", 'youth', PASSWORD),
    Login("职工教育科(培训管理)", 'training', PASSWORD),
    Login("隐患基础数据管理", 'hazard', PASSWORD),
    Login("组织机构、意见反馈与绩效考核管理", 'organization', PASSWORD),
    Login("系统管理员", 'admin', PASSWORD),
    ]
ADMIN = LOGINS[-1]
