"""Lists of URLs as a source: read in any form, refused unasked, fetched once, written as img2dataset lays them out."""

import dataclasses
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from burnish import plan as plans
from burnish.engines import local
from burnish.errors import MissingExtra, StopError, UsageError
from burnish.protocols import Linked, Linking
from burnish.storage.opening import open_files
from burnish.storage.quarantine import read_quarantine
from burnish.storage.verify import verify
from burnish.stores import open_store
from burnish.stores.urls import UrlsStore
from burnish.values import Fault, Pair
from tests.builders import jpeg
from tests.cli.calls import call
from tests.loopback_web import Asked, Web, redirect, reply, serving

NO_FORM = "a list of URLs is written as tars, whose own form is under the contract"

FORMS = ("csv", "tsv", "parquet", "jsonl", "txt")


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    """`rows` in the form that the ending of `path` names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(rows[0])
    if path.suffix == ".parquet":
        pq.write_table(pa.table({name: [row[name] for row in rows] for name in names}), path, row_group_size=7)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif path.suffix == ".txt":
        path.write_text("".join(f"{row['url']}\n" for row in rows))
    else:
        sep = "," if path.suffix == ".csv" else "\t"
        cells = [names, *([str(row[name]) for name in names] for row in rows)]
        path.write_text("".join(sep.join(f'"{cell}"' for cell in line) + "\n" for line in cells))
    return path


def listing(web: Web, count: int, form: str, folder: Path, paths: dict[int, str] | None = None) -> Path:
    """A list of `count` images of `web`; other paths where `paths` says so."""
    urls = [web.url((paths or {}).get(at, f"/{at}.jpg")) for at in range(count)]
    rows = [{"url": url, "caption": f"Caption,\n{at} é", "n": at} for at, url in enumerate(urls)]
    return write(folder / f"list.{form}", rows)


def images(asked: Asked) -> bytes:
    return reply(jpeg(int(asked.path[1:].split(".")[0])))


def plan_for(source: Path, out: Path | str, web: Web, **settings: object) -> plans.Plan:
    """A plan that may fetch from `web` and asks no model."""
    fetching = {"allow": web.host, "ports": str(web.port), "per_host_rate": 0, "tries": 1, "timeout_s": 10}
    given = {"source": str(source), "output": str(out), "fetch": True, "recipe": "none", "workers": 1, "max_bad": 1.0}
    return plans.build(given, {"fetching": fetching}, settings)


def members(out: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(out.glob("*.tar")):
        with tarfile.open(path) as tar:
            found |= {member.name: tar.extractfile(member).read() for member in tar}
    return found


def reasons(out: Path) -> dict[str, str]:
    return {row["key"]: row["reason"] for row in read_quarantine(open_files(out))}


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_pairs_and_shards_are_numbered(form, tmp_path):
    with serving() as web:
        source = listing(web, 25, form, tmp_path)
        store = open_store(str(source), None, {"rows_per_shard": "10"})
        assert isinstance(store, Linking)
        shards = store.shards()
        assert [shard.name for shard in shards] == ["00000.tar", "00001.tar", "00002.tar"]
        assert abs(sum(shard.size for shard in shards) - source.stat().st_size) <= 3
        rows = [row for shard in shards for row in store.rows(shard)]
        assert store.total() == len(rows) == 25
        assert web.connections == 0
    # URLs of this server have a port that is not allowed unasked: each row says so, and none is lost.
    assert {row.reason for row in rows if isinstance(row, Fault)} == {"url_refused"}
    assert [row.key for row in rows] == [f"{at // 10:05d}{at % 10}" for at in range(25)]


@pytest.mark.parametrize("form", FORMS)
def test_a_run_over_a_list(form, tmp_path):
    with serving({"": images}) as web:
        source = listing(web, 25, form, tmp_path / "in")
        done = local.run(plan_for(source, tmp_path / "out", web, store_options={"rows_per_shard": "10"}))
        assert (done.counts.total, done.counts.written, done.shards) == (25, 25, 3)
        assert Counter(web.paths()) == Counter(f"/{at}.jpg" for at in range(25))
    found = members(tmp_path / "out")
    keys = [f"{at // 10:05d}{at % 10}" for at in range(25)]
    assert list(found) == [f"{key}.{ending}" for key in keys for ending in ("jpg", "json", "txt")]
    for at, key in enumerate(keys):
        assert found[f"{key}.jpg"] == jpeg(at)
        row = json.loads(found[f"{key}.json"])
        assert row["url"] == web.url(f"/{at}.jpg")
        assert row["fetched_sha256"] == hashlib.sha256(jpeg(at)).hexdigest()
        assert (row["key"], row["status"]) == (key, "success")
        if form != "txt":
            assert found[f"{key}.txt"].decode() == f"Caption,\n{at} é"
            assert str(row["n"]) == str(at)
    assert verify(str(tmp_path / "out")) == []
    assert not list((tmp_path / "out" / ".burnish" / "fetched").iterdir())
    again = open_store(str(tmp_path / "out"))
    assert sum(isinstance(item, Pair) for shard in again.shards() for item in again.read(shard)) == 25


def test_the_form_does_not_matter_nor_do_workers(tmp_path):
    with serving({"": images}) as web:
        outs = []
        for at, (form, workers) in enumerate((("csv", 1), ("parquet", 2), ("jsonl", 1))):
            source = listing(web, 12, form, tmp_path / f"in{at}")
            out = tmp_path / f"out{at}"
            local.run(plan_for(source, out, web, workers=workers, store_options={"rows_per_shard": "5"}))
            outs.append({n: raw for n, raw in members(out).items() if not n.endswith(".json")})
        assert outs[0] == outs[1] == outs[2]


def test_nothing_is_fetched_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with serving({"": images}) as web:
        listing(web, 3, "csv", tmp_path)
        for command in (["enhance", "list.csv", "-o", "out"], ["enhance", "list.csv", "-o", "out", "--dry-run"]):
            answer = call(*command)
            assert answer.code == 2
            assert "--fetch" in answer.err
            assert "list of URLs" in answer.err
        with pytest.raises(UsageError, match="--fetch"):
            list(open_store("list.csv").read(open_store("list.csv").shards()[0]))
        assert call("inspect", "list.csv").code == 0
        assert web.connections == 0
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


def test_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = {1: "/out", 2: "/private/x", 3: "/gone", 4: "/page", 5: "/far"}
    routes = {
        "": images,
        "/robots.txt": reply(b"User-agent: *\nDisallow: /private/", kind="text/plain"),
        "/out": reply(jpeg(), x_robots_tag="noai"),
        "/gone": reply(status=410),
        "/page": reply(b"<html>", kind="text/html"),
        "/far": redirect("http://10.0.0.1/x.jpg"),
    }
    with serving(routes) as web:
        source = listing(web, 10, "parquet", tmp_path, paths)
        options = ["--fetch", "--fetch-allow", "127.0.0.0/8", "--set", f"fetching.ports={web.port}", "--workers", "1"]
        options += ["--recipe", "none", "--set", "max_bad=1"]
        tried = call("enhance", source, "-o", "out", "--dry-run", *options)
        assert (tried.code, Path("out").exists()) == (0, False)
        done = call("enhance", source, "-o", "out", *options)
        assert done.code == 0, done.err
        assert "quarantined 5" in done.out
        assert "opted_out 1" in done.out
    told = ("opted_out", "robots_refused", "http_status", "not_an_image", "address_refused")
    assert reasons(Path("out")) == {f"{at:09d}": reason for at, reason in enumerate(told, 1)}
    rows = {row["reason"]: row for row in read_quarantine(open_files("out"))}
    assert json.loads(rows["opted_out"]["raw"]) == {"url": web.url("/out"), "text": "Caption,\n1 é"}
    assert not rows["opted_out"]["retryable"]


def test_a_limit_and_a_dry_run_fetch_little(tmp_path):
    with serving({"": images}) as web:
        source = listing(web, 200, "csv", tmp_path)
        done = local.run(plan_for(source, tmp_path / "out", web, limit=5))
        assert done.counts.total == 5
        assert len(web.paths()) <= 6
        web.asked.clear()
        store: Linked = open_store(str(source)).fetching(plan_for(source, "", web))
        drawn = store.fetched(list(store.rows(store.shards()[0]))[10:13])
        assert [item.image for item in drawn] == [jpeg(at) for at in (10, 11, 12)]
        assert len(web.paths()) == 3


class Changing:
    """Serves another picture each time a path is asked for; some paths fail at first."""

    def __init__(self) -> None:
        self.times: Counter[str] = Counter()

    def __call__(self, asked: Asked) -> bytes:
        self.times[asked.path] += 1
        turn, at = self.times[asked.path], int(asked.path[1:].split(".")[0])
        if at % 10 == 3 and turn == 1:
            return reply(status=503)
        if at % 10 == 4:
            return reply(jpeg(), x_robots_tag="noai")
        return reply(jpeg(at + 1000 * turn))


RUN = """
import sys
from burnish import plan as plans
from burnish.engines import local
import json
local.run(plans.build(json.loads(sys.argv[1])))
"""


def test_a_killed_run_fetches_nothing_twice(tmp_path):
    """The web has changed meanwhile; what was fetched has not."""
    changing = Changing()

    def slow(asked: Asked) -> bytes:
        time.sleep(0.02)
        return changing(asked)

    with serving({"": slow}) as web:
        source = listing(web, 60, "csv", tmp_path)
        out = tmp_path / "out"
        options = {"rows_per_shard": "25", "robots": "ignore"}
        plan = plan_for(source, out, web, store_options=options)
        given = json.dumps(dataclasses.asdict(plan))
        child = subprocess.Popen([sys.executable, "-c", RUN, given], cwd=Path(__file__).parents[2])
        while len(web.paths()) < 35 and child.poll() is None:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        before = {path.name: path.read_bytes() for path in out.glob("*.tar")}
        assert "00000.tar" in before
        flying = 4 + 4  # what was in the air twice at most, and what had arrived but was not written
        local.run(plan)
        again = sum(times - 1 for times in changing.times.values())
        assert again <= flying
        assert all((out / name).read_bytes() == data for name, data in before.items())
        assert verify(str(out)) == []
        assert set(reasons(out).values()) == {"http_status", "opted_out"}
        web.asked.clear()
        local.run(plan)
        assert not web.asked


def test_retry_asks_only_for_what_may_have_changed(tmp_path):
    changing = Changing()
    with serving({"": changing}) as web:
        source = listing(web, 30, "csv", tmp_path)
        plan = plan_for(source, tmp_path / "out", web, store_options={"rows_per_shard": "20"})
        local.run(plan)
        before = members(tmp_path / "out")
        assert Counter(reasons(tmp_path / "out").values()) == {"http_status": 3, "opted_out": 3}
        web.asked.clear()
        local.run(plan, retry=True)
        assert sorted(web.paths()) == ["/13.jpg", "/23.jpg", "/3.jpg"]
        after = members(tmp_path / "out")
        assert {name: after[name] for name in before} == before
        assert after["0000003.jpg"] == jpeg(2003)
        assert Counter(reasons(tmp_path / "out").values()) == {"opted_out": 3}
        assert verify(str(tmp_path / "out")) == []


def test_a_wrong_name_server_stops_the_run_and_blames_nobody(tmp_path, monkeypatch):
    """img2dataset 452: everything failed for good, and the same command did not try again."""
    real = socket.getaddrinfo
    wrong = True

    def name_server(host: str, *rest: object, **more: object) -> object:
        if not str(host).endswith(".example"):
            return real(host, *rest, **more)
        if wrong:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", name_server)
    with serving({"": images}) as web:
        urls = [f"http://host{at}.example:{web.port}/{at}.jpg" for at in range(130)]
        source = write(tmp_path / "list.csv", [{"url": url, "text": "a"} for url in urls])
        plan = plan_for(source, tmp_path / "out", web, store_options={"rows_per_shard": "200"})
        with pytest.raises(StopError, match="name server") as caught:
            local.run(plan)
        assert (caught.value.exit_code, web.connections) == (75, 0)
        assert not list((tmp_path / "out").glob("*.tar"))
        wrong = False
        done = local.run(plan)
        assert (done.counts.total, done.counts.written) == (130, 130)


def test_hashes_of_the_list_are_held_against_what_came(tmp_path):
    with serving({"": images}) as web:
        rows = [
            {"url": web.url(f"/{at}.jpg"), "text": "a", "sha256": hashlib.sha256(jpeg(at or 9)).hexdigest()}
            for at in range(3)
        ]
        source = write(tmp_path / "list.csv", rows)
        local.run(plan_for(source, tmp_path / "out", web, store_options={"sha256_column": "sha256"}))
        assert reasons(tmp_path / "out") == {"000000000": "another_image"}


def test_what_is_a_list_and_what_is_not(tmp_path):
    url = "https://example.org/a.jpg"
    write(tmp_path / "a" / "x.jsonl", [{"url": url, "text": "a"}])
    write(tmp_path / "b" / "x.jsonl", [{"url": url, "text": "a", "image": "a.jpg"}])
    pq.write_table(pa.table({"url": [url], "text": ["a"], "jpg": [b"x"]}), tmp_path / "c.parquet")
    write(tmp_path / "d.txt", [{"url": url}])
    (tmp_path / "e.txt").write_text("Just words.\n")
    kinds = {name: type(open_store(str(tmp_path / name))).__name__ for name in ("a", "b", "c.parquet", "d.txt")}
    assert kinds == {"a": "UrlsStore", "b": "JsonlStore", "c.parquet": "ParquetStore", "d.txt": "UrlsStore"}
    with pytest.raises(UsageError):
        open_store(str(tmp_path / "e.txt"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url_column": "no"}, "there is no column 'no'"),
        ({"rows_per_shard": "0"}, "whole number above 0"),
        ({"opt_outs": "no"}, "honour or ignore"),
        ({"colour": "red"}, "no option 'colour'"),
    ],
)
def test_wrong_options(options, told, tmp_path):
    source = write(tmp_path / "list.csv", [{"url": "https://example.org/a.jpg", "text": "a"}])
    with pytest.raises(UsageError, match=told):
        open_store(str(source), "urls", options).shards()


@pytest.mark.parametrize("fetching", [{"allow": "10.0.0.0/99"}, {"ports": "http"}, {"about": "a b"}])
def test_wrong_settings_are_refused_before_anything_is_touched(fetching, tmp_path):
    source = write(tmp_path / "list.csv", [{"url": "https://example.org/a.jpg", "text": "a"}])
    plan = plans.build({"source": str(source), "output": str(tmp_path / "out"), "fetch": True, "fetching": fetching})
    with pytest.raises(UsageError):
        local.run(plan)
    assert not (tmp_path / "out").exists()


def test_what_is_not_installed_is_said_before_anything_is_touched(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "protego", None)
    source = write(tmp_path / "list.csv", [{"url": "https://example.org/a.jpg", "text": "a"}])
    plan = plans.build({"source": str(source), "output": str(tmp_path / "out"), "fetch": True})
    with pytest.raises(MissingExtra, match=r"burnish\[fetch\]"):
        local.run(plan)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl", "parquet"])
def test_rows_that_cannot_be_read_are_faults_in_place(form, tmp_path):
    source = write(tmp_path / f"list.{form}", [{"url": f"https://example.org/{at}", "text": "a"} for at in range(9)])
    raw = source.read_bytes()
    if form == "parquet":
        source.write_bytes(raw[:60] + bytes(30) + raw[90:])
    else:
        lines = raw.split(b"\n")
        lines[4] = {"csv": b"a,b,c,d", "tsv": b"a\tb\tc\td", "jsonl": b"{nonsense"}[form]
        source.write_bytes(b"\n".join(lines))
    store = open_store(str(source), "urls", {"rows_per_shard": "4"})
    rows = [row for shard in store.shards() for row in store.rows(shard)]
    assert len(rows) == 9
    bad = [row for row in rows if isinstance(row, Fault)]
    assert bad
    assert {row.reason for row in bad} <= {"bad_line", "bad_parquet"}
    assert [row.origin.ordinal for row in rows] == [0, 1, 2, 3, 0, 1, 2, 3, 0]


def test_empty_parts_and_a_readme_beside_lists_are_no_lists(tmp_path):
    url = "https://example.org/a.jpg"
    source = tmp_path / "lists"
    write(source / "part-1.csv", [{"url": url, "caption": "a"}])
    (source / "part-0.csv").write_text("")  # as Spark leaves them
    (source / "README.txt").write_text("Where this comes from.\n")
    store = open_store(str(source))
    assert isinstance(store, UrlsStore)
    assert [pair.text for shard in store.shards() for pair in store.rows(shard)] == ["a"]
    write(source / "more.txt", [{"url": url}])
    with pytest.raises(UsageError, match="text_column=NAME"):
        UrlsStore(str(source)).shards()  # more.txt has no texts


def test_further_columns_with_img2datasets_names_are_kept_beside(tmp_path):
    with serving({"": images}) as web:
        rows = [{"image_url": web.url("/1.jpg"), "url": "page", "key": "k7", "status": "checked", "caption": "a"}]
        source = write(tmp_path / "list.csv", rows)
        options = {"url_column": "image_url"}
        local.run(plan_for(source, tmp_path / "out", web, store_options=options))
    assert [row["detail"] for row in read_quarantine(open_files(tmp_path / "out"))] == []
    [about] = [json.loads(data) for name, data in members(tmp_path / "out").items() if name.endswith(".json")]
    assert (about["url"], about["key"], about["status"]) == (web.url("/1.jpg"), "000000000", "success")
    assert (about["source_url"], about["source_key"], about["source_status"]) == ("page", "k7", "checked")
