# This file is part of the Tryton hazard suite.  The COPYRIGHT file at the top
# level of this repository contains the full copyright notices.
"What a clause on a boolean field that is not stored asks for."


def asks_for_true(clause):
    "Return whether the clause finds the records for which it is true."
    _, operator, operand, *_ = clause
    if operator in {'in', 'not in'}:
        return (True in operand) == (operator == 'in')
    return bool(operand) == (operator == '=')
