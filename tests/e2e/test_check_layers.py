"""scripts/check-layers itself: a scratch tree with one offence each must be refused for it."""

import subprocess

import pytest
from paths import ROOT

CHECK = ROOT / "scripts" / "check-layers"

GOOD = {
    "base/a.h": "",
    "base/a.c": '#include "base/a.h"\n',
    "base/durable.c": "int f(int fd) { return fdatasync(fd); }\n",
    "provider/p.h": '#include "base/a.h"\n',
    "wire/http.h": "",
    "wire/http.c": '#include "wire/http.h"\n\n#include <curl/curl.h>\n',
    "cli/main.c": '#include "wire/http.h"\n#include "provider/p.h"\n#include <stdio.h>\n',
}

# what is added or changed, and what must be said of it
OFFENCES = [
    ({"base/b.c": '#include "provider/p.h"\n'}, "src/base/b.c:1: base may not use provider"),
    ({"provider/q.c": '\n#include "wire/http.h"\n'}, "src/provider/q.c:2: provider may not use"),
    ({"report/r.c": '#include "wire/http.h"\n'}, "report may not use wire"),
    ({"wire/r.c": '#include "report/r.h"\n', "report/r.h": ""}, "wire may not use report"),
    ({"sandbox/s.c": '#include "wire/http.h"\n'}, "sandbox may not use wire"),
    ({"cli/c.c": "#include <curl/curl.h>\n"}, "src/cli/c.c:1: <curl/curl.h> has no place here"),
    ({"cli/c.c": "#  include <csv.h>\n"}, "<csv.h> has no place here"),
    ({"cli/c.c": '#include "main.h"\n'}, "no such header"),
    ({"cli/c.c": "#include <base/a.h>\n"}, "own header in angle brackets"),
    ({"cli/c.c": "int f(void)\n{\n    return rename(a, b);\n}\n"}, "src/cli/c.c:3: rename() has no"),
    ({"stray/c.c": ""}, "in a folder without a place"),
    (
        {"base/a.c": '#include "base/b.h"\n', "base/b.c": '#include "base/a.h"\n', "base/b.h": ""},
        "a circle: base/a > base/b > base/a",
    ),
    (
        {
            "cli/shared.h": "void a_do(void);\nvoid b_do(void);\n",
            "cli/a.c": '#include "cli/shared.h"\nvoid a_do(void)\n{\n    b_do();\n}\n',
            "cli/b.c": '#include "cli/shared.h"\nvoid b_do(void)\n{\n    a_do();\n}\n',
        },
        "src/cli/b.c:4: a circle of calls: cli/a > cli/b > cli/a (a_do)",
    ),
    ({"provider/a.h": ""}, "src/provider/a.h:1: a file of that name stands in base, too"),
    (
        {"base/a.c": "struct one {\n};\n", "cli/c.c": "static const struct one {\n} x;\n"},
        "src/cli/c.c:1: struct one is defined in base/a.c, too",
    ),
    (
        {"cli/shared.h": "int f_a(void);\nint f_b(void);\nint f_c(void);\n"}
        | {f"cli/{c}.c": f"int f_{c}(void)\n{{\n    return 1;\n}}\n" for c in "abc"},
        "src/cli/shared.h:1: declares what these define: cli/a.c, cli/b.c, cli/c.c",
    ),
]


def check(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return subprocess.run([CHECK, tmp_path], capture_output=True, text=True, check=False)


def test_good_tree_passes(tmp_path):
    done = check(tmp_path, GOOD)
    assert (done.returncode, done.stderr) == (0, "")


def test_comments_and_strings_are_no_calls(tmp_path):
    text = '/* rename(a, b)\n fsync(x) */ // fsync(1)\nconst char *s = "fsync(2) \\" rename(";\n'
    assert check(tmp_path, GOOD | {"cli/c.c": text}).returncode == 0


@pytest.mark.parametrize("change, said", OFFENCES, ids=[said for _, said in OFFENCES])
def test_offence_is_told(tmp_path, change, said):
    done = check(tmp_path, GOOD | change)
    assert done.returncode == 1
    assert said in done.stderr


def test_empty_tree_is_no_proof(tmp_path):
    (tmp_path / "src").mkdir()
    assert check(tmp_path, {}).returncode == 1
