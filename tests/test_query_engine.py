"""natoqa's answers inside LlamaIndex programs: the query engine, the tool, and agents that use it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Write
from natoqa import Index, LLMSetupError, Settings, SettingsError, as_query_engine, as_tool

QUESTION = "When would the harbour close?"
GUIDE = (ROOT / "docs" / "llamaindex.md").read_text(encoding="utf-8")


@pytest.fixture
def filled(index: Index, corpus: Path, write: Write) -> Index:
    write(
        "harbour.md",
        "The old quay is cracked. Mayor Ada Holm said the harbour would close on 1 June.",
        title="The harbour closes",
        outlet="Larn Valley News",
        published="2024-05-03",
    )
    write("undated.md", "The ferry sails at noon from the harbour.")
    index.sync(corpus)
    return index


def test_the_engine_answers_as_the_chatbot_does_and_its_sources_are_the_cited_sentences(filled: Index) -> None:
    from llama_index.core.base.response.schema import Response
    from llama_index.core.query_engine import BaseQueryEngine
    from llama_index.core.schema import MetadataMode

    from natoqa import Chatbot

    engine = as_query_engine(filled, until="2024-12-31")
    assert isinstance(engine, BaseQueryEngine)
    response = engine.query(QUESTION)
    assert isinstance(response, Response)
    answer = Chatbot(filled).ask(QUESTION, until="2024-12-31")
    assert str(response) == answer.text
    assert response.metadata is not None
    same = answer.to_dict() | {"elapsed_ms": response.metadata["elapsed_ms"]}
    assert response.metadata == same
    assert [node.text for node in response.source_nodes] == [citation.quote for citation in answer.citations]
    source = response.source_nodes[0]
    about = source.metadata
    assert (about["speaker"], about["role"], about["published"]) == ("Ada Holm", "Mayor", "2024-05-03")
    stored = filled.article(about["article_id"], version=about["version"]).text
    assert stored[about["start"] : about["end"]] == source.text
    read_by_a_model = source.node.get_content(MetadataMode.LLM)
    assert "Larn Valley News" in read_by_a_model
    assert about["article_id"] not in read_by_a_model
    assert "None" not in read_by_a_model


def test_the_engine_says_when_the_articles_do_not(filled: Index) -> None:
    response = as_query_engine(filled).query("Who won the chess tournament in Oslo?")
    assert response.source_nodes == []
    assert response.metadata is not None
    assert response.metadata["status"] == "not_in_corpus"


def test_the_engine_answers_asynchronously_and_every_query_by_itself(filled: Index) -> None:
    engine = as_query_engine(filled)

    async def ask() -> Any:
        return await asyncio.gather(engine.aquery(QUESTION), engine.aquery("And what did she say?"))

    first, second = asyncio.run(ask())
    assert "1 June" in str(first)
    assert second.metadata["query"] == "And what did she say?"


def test_a_language_model_can_word_the_answer(filled: Index) -> None:
    from natoqa.llm.scripted import ScriptedLLM

    llm = ScriptedLLM(["The harbour would close on 1 June. [A1.s2]"])
    response = as_query_engine(filled, answerer="llm", llm=llm).query(QUESTION)
    assert response.metadata is not None
    assert response.metadata["answerer"] == "llm"
    assert "1 June" in str(response)


def test_what_is_wrong_with_the_settings_is_told_when_it_is_made(filled: Index) -> None:
    for make in (as_query_engine, as_tool):
        with pytest.raises(LLMSetupError):
            make(filled, answerer="llm")
        with pytest.raises(SettingsError):
            make(filled, answerer="oracle")  # type: ignore[arg-type]  # what an untyped program may say


def test_the_tool_tells_a_model_what_it_takes(filled: Index) -> None:
    function = as_tool(filled, name="news").metadata.to_openai_tool()["function"]
    assert function["name"] == "news"
    assert "who said it" in function["description"]
    assert set(function["parameters"]["properties"]) == {"question", "since", "until", "outlet"}
    assert function["parameters"]["required"] == ["question"]


def test_the_tool_gives_text_for_the_model_and_the_response_for_the_program(filled: Index) -> None:
    tool = as_tool(filled)
    output = tool.call(question=QUESTION)
    assert re.search(r"Ada Holm, Mayor \(Larn Valley News, 3 May 2024\): “.*1 June.*” \[1\]", output.content)
    assert output.raw_output.source_nodes[0].metadata["title"] == "The harbour closes"
    abstained = asyncio.run(tool.acall(question="Who won the chess tournament in Oslo?", until="2024-12-31", since=""))
    assert "Nearest article: The harbour closes, Larn Valley News, 2024-05-03" in abstained.content
    assert "Note: " in abstained.content  # the article without a date is left out
    uncertain = tool.call(question="How did the Mayor react to chess?")
    [closest, *_] = uncertain.raw_output.metadata["closest"]
    assert f"Closest sentence: “{closest['quote']}” ({closest['title']})" in uncertain.content


def test_an_agent_that_calls_functions_asks_the_articles(filled: Index) -> None:
    from llama_index.core.agent.workflow import FunctionAgent
    from llama_index.core.base.llms.types import ChatMessage, MessageRole, TextBlock, ToolCallBlock
    from llama_index.core.llms.mock import MockFunctionCallingLLM

    read: list[str] = []

    def reply(messages: Any, **_: Any) -> ChatMessage:
        read.append(str(messages[-1].content))
        if messages[-1].role == MessageRole.TOOL:
            return ChatMessage(role="assistant", blocks=[TextBlock(text="On 1 June, says Ada Holm.")])
        call = ToolCallBlock(
            tool_call_id="1", tool_name="ask_articles", tool_kwargs={"question": QUESTION, "since": "2024-01-01"}
        )
        return ChatMessage(role="assistant", blocks=[call])

    agent = FunctionAgent(tools=[as_tool(filled)], llm=MockFunctionCallingLLM(response_generator=reply))

    async def ask() -> Any:
        return await agent.run("When does it close?")

    output = asyncio.run(ask())
    assert str(output) == "On 1 June, says Ada Holm."
    (call,) = output.tool_calls
    assert call.tool_output.raw_output.source_nodes[0].metadata["speaker"] == "Ada Holm"
    assert "Larn Valley News" in read[-1]


def test_an_agent_is_told_what_was_wrong_with_its_call(filled: Index) -> None:
    from llama_index.core.tools.calling import call_tool

    output = call_tool(as_tool(filled), {"question": QUESTION, "since": "last week"})
    assert output.is_error
    assert "a day such as 2025-02-13" in output.content


def test_the_guide_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import llama_index.llms.ollama

    from natoqa.llm.scripted import ScriptedLLM

    call = json.dumps({"question": "Will US troops go to Ukraine?", "until": "2025-02-20"})
    script = ScriptedLLM(
        [
            f"Thought: I need the articles.\nAction: ask_articles\nAction Input: {call}",
            "Thought: I can answer.\nAnswer: No, Pete Hegseth said on 13 February 2025.",
        ]
    )
    monkeypatch.setattr(llama_index.llms.ollama, "Ollama", lambda **_: script)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    monkeypatch.chdir(tmp_path)
    with Index.open("index", settings=Settings.load()) as index:
        index.sync(ROOT / "corpus")
    names: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(compile(code, "docs/llamaindex.md", "exec"), names)
    names["index"].close()
    shown = capsys.readouterr().out
    assert "Pete Hegseth 2025-02-13 He made clear that the United States would deploy no troops" in shown
    assert "No, Pete Hegseth said on 13 February 2025.\nPete Hegseth natoqa briefs" in shown
    assert "He made clear" in script.prompts[-1]
