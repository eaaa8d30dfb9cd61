r"""Day and outlet words of a question as soft filters: which articles to prefer, never which to leave out.

    question --periods: which days its words name--> --context: asked time, or part of a name?--> days to prefer
             \--outlets: who is named as the source of a report--> outlet to prefer

A preference that is wrong costs more than one that is missing, so words that may be a name or a topic ("the 2028
Olympics", "Sunday Times", "Why did CNN fire …?") give none. Seasons are those of the northern half of the world.
"""

from natoqa.soft_filters.filters import SoftFilters, soft_filters

__all__ = ["SoftFilters", "soft_filters"]
