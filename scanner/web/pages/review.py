"""placeholder while being written"""

from scanner.web.page import Page

PAGES: tuple[Page, ...] = ()
