"""Articles from the web: addresses that the user named, fetched politely and kept in the corpus as readable files.

addresses     what an address may look like; which machines may be reached
connecting    a connection to a machine that was checked, ended when its time is over
transfer      one request: redirects, sizes, packed bodies, statuses
robots        what a site lets programs fetch, and how often
pages         the bytes of an answer -> articles, through the readers
keeping       articles -> Markdown below `fetched/` in the corpus, and what is remembered of their address
patience      addresses that failed, and when they are asked again
waiting       waiting for the web that can be given up
subscriptions the addresses that a corpus asks on every run
fetcher       an address -> files of the corpus
"""

from natoqa.fetching.addresses import is_address, web_url
from natoqa.fetching.fetcher import Fetched, Fetcher
from natoqa.fetching.keeping import kept_paths
from natoqa.fetching.subscriptions import subscriptions

__all__ = ["Fetched", "Fetcher", "is_address", "kept_paths", "subscriptions", "web_url"]
