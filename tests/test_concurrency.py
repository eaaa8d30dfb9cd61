"""One process asks without pause while another adds, changes and removes articles."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from conftest import Write
from natoqa import Chatbot, Index, Settings

pytestmark = pytest.mark.crash

# What the contract allows between the end of a run and its being seen, with the slack of three that it is tested with.
SEEN_WITHIN_S = 2.0 * 3

WRITER = """
import sys
from pathlib import Path
from natoqa import Index, Settings
folder = Path(sys.argv[1])
with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
    for line in sys.stdin:
        report = index.sync(folder / "corpus", allow_removals=True)
        print(report.added, report.changed, report.removed, flush=True)
"""


def test_no_failed_question_and_every_change_is_seen(corpus: Path, write: Write) -> None:
    folder = corpus.parent
    settings = Settings(embedding_model="hashing")
    for number in range(30):
        write(f"{number}.md", f"Report {number}: the harbour received {number * 7} ships.")
    with Index.open(folder / "index", settings=settings) as index:
        index.sync(corpus)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin
    assert writer.stdout
    errors: list[BaseException] = []
    asked = 0
    stop = threading.Event()

    def ask(index: Index) -> None:
        nonlocal asked
        try:
            while not stop.is_set():
                answer = Chatbot(index).ask("How many ships did the harbour receive?")
                for citation in answer.citations:
                    stored = index.article(citation.article_id, version=citation.version).text
                    assert stored[citation.start : citation.end] == citation.quote
                for hit in index.search("harbour lighthouse report", k=20):
                    assert hit.article.text[hit.start : hit.end] == hit.text
                asked += 1
        except BaseException as error:
            errors.append(error)

    with Index.open(folder / "index", settings=settings) as index:
        threads = [threading.Thread(target=ask, args=(index,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for turn in range(8):
            write(f"new{turn}.md", f"Lighthouse number {turn}q was repaired on a Tuesday.")
            write("1.md", f"Report 1: the harbour received barge {turn}z.")
            if turn:
                (corpus / f"new{turn - 1}.md").unlink()
            writer.stdin.write("go\n")
            writer.stdin.flush()
            assert writer.stdout.readline().split() == ["1", "1", "1" if turn else "0"]
            finished = time.monotonic()
            while f"{turn}q" not in index.search(f"lighthouse {turn}q")[0].text:
                assert time.monotonic() - finished < SEEN_WITHIN_S, "the finished run is not seen"
            assert f"{turn}z" in index.search(f"barge {turn}z")[0].text
            if turn:
                assert not any(f"{turn - 1}q" in hit.text for hit in index.search(f"lighthouse {turn - 1}q", k=50))
        stop.set()
        for thread in threads:
            thread.join()
    writer.stdin.close()
    assert writer.wait(30) == 0
    writer.stdout.close()
    assert errors == []
    assert asked > 0


def test_two_processes_cannot_write_at_once(corpus: Path, write: Write) -> None:
    for number in range(3):
        write(f"{number}.md", f"Report {number} on harbours.")
    code = (
        "import sys, time\nfrom natoqa import Index, Settings\n"
        "with Index.open(sys.argv[1] + '/index', settings=Settings(embedding_model='hashing')) as index:\n"
        "    index.sync(sys.argv[1] + '/corpus', progress=lambda _: (print('in', flush=True), time.sleep(1.5)))\n"
    )
    from natoqa import IndexBusyError

    other = subprocess.Popen([sys.executable, "-c", code, str(corpus.parent)], stdout=subprocess.PIPE, text=True)
    assert other.stdout
    assert other.stdout.readline() == "in\n"
    with Index.open(corpus.parent / "index", settings=Settings(embedding_model="hashing")) as index:
        with pytest.raises(IndexBusyError, match=f"process {other.pid} on "):
            index.sync(corpus)
        index.search("harbours")  # reading goes on
        other.stdout.read()
        assert other.wait(30) == 0
        assert index.sync(corpus).unchanged == 3
    other.stdout.close()
