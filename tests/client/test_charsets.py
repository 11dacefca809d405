"""Is a response's body read in the charset that it is in, whatever is declared, and in no time?"""

from __future__ import annotations

import encodings
import json
import pkgutil
import time
from encodings.aliases import aliases

import httpx
import pytest

from ._operation import receive, receive_refusal

# A charset by the name that HTTP has for it, the codec that Python has for it, and a text that needs it.
CHARSETS: tuple[tuple[str, str, str], ...] = (
    ("utf-8", "utf-8", "作业 Über"),
    ("UTF8", "utf-8", "作业"),
    ("utf-16le", "utf-16-le", "作业"),
    ("utf-16be", "utf-16-be", "作业"),
    ("utf-32le", "utf-32-le", "作业"),
    ("utf-32be", "utf-32-be", "作业"),
    ("iso-8859-1", "latin-1", "Über"),
    ("latin1", "latin-1", "Über"),
    ("iso-8859-2", "iso8859-2", "łąka"),
    ("iso-8859-3", "iso8859-3", "ĉapelo"),
    ("iso-8859-4", "iso8859-4", "ķēniņš"),
    ("iso-8859-5", "iso8859-5", "Ошибка"),
    ("iso-8859-6", "iso8859-6", "خطأ"),
    ("iso-8859-7", "iso8859-7", "σφάλμα"),
    ("iso-8859-8", "iso8859-8", "שגיאה"),
    ("iso-8859-9", "iso8859-9", "geçersiz iş"),
    ("iso-8859-10", "iso8859-10", "Þór"),
    ("iso-8859-11", "iso8859-11", "ผิดพลาด"),
    ("iso-8859-13", "iso8859-13", "klaidų"),
    ("iso-8859-14", "iso8859-14", "ŵyneb"),
    ("iso-8859-15", "iso8859-15", "5 €"),
    ("iso-8859-16", "iso8859-16", "greșeală"),
    ("tis-620", "tis-620", "ผิดพลาด"),
    ("windows-874", "cp874", "ผิดพลาด"),
    ("windows-1250", "cp1250", "łąka"),
    ("windows-1251", "cp1251", "Ошибка"),
    ("windows-1252", "cp1252", "“Über” 5 €"),
    ("cp1252", "cp1252", "“Über” 5 €"),
    ("x-cp1252", "cp1252", "“Über” 5 €"),
    ("windows-1253", "cp1253", "σφάλμα"),
    ("windows-1254", "cp1254", "geçersiz iş"),
    ("windows-1255", "cp1255", "שגיאה"),
    ("windows-1256", "cp1256", "خطأ"),
    ("windows-1257", "cp1257", "klaidų"),
    ("windows-1258", "cp1258", "lôi"),
    ("koi8-r", "koi8-r", "Ошибка"),
    ("koi8-u", "koi8-u", "Помилка ї"),
    ("ibm866", "cp866", "Ошибка"),
    ("macintosh", "mac-roman", "Über"),
    ("x-mac-cyrillic", "mac-cyrillic", "Ошибка"),
    ("gb18030", "gb18030", "作业 🚀"),
    ("gbk", "gbk", "作业鎔"),
    ("GB2312", "gb2312", "作业"),
    ("gb2312", "gb18030", "作业鎔 🚀"),
    ("big5", "big5", "作業"),
    ("big5-hkscs", "big5hkscs", "作業嘅"),
    ("shift_jis", "shift_jis", "ジョブ"),
    ("Shift_JIS", "cp932", "ジョブ①"),
    ("x-sjis", "cp932", "ジョブ①"),
    ("windows-31j", "cp932", "ジョブ①"),
    ("euc-jp", "euc_jp", "ジョブ"),
    ("euc-kr", "euc_kr", "작업"),
    ("EUC-KR", "cp949", "작업뷁"),
    ("ks_c_5601-1987", "cp949", "작업뷁"),
)


@pytest.mark.parametrize(("charset", "codec", "text"), CHARSETS, ids=[row[0] for row in CHARSETS])
def test_charset(charset: str, codec: str, text: str) -> None:
    """A charset that services declare is decoded, in JSON and in text, by all the names that it goes by."""
    error = receive_refusal(400, text.encode(codec), f"text/plain; charset={charset}")
    value = receive(
        httpx.Response(
            200,
            headers={"Content-Type": f"application/json; charset={charset}"},
            content=json.dumps([text], ensure_ascii=False).encode(codec),
        )
    )

    assert error.error_msg == text, f"the charset {charset} should be decoded"
    assert value == [text], f"JSON in the charset {charset} should be read"


WHOLE = {codec.replace("-", "_") for _, codec, _ in CHARSETS} | {"ascii", "cp950", "utf_16", "utf_32"}
OTHERS = sorted({module.name for module in pkgutil.iter_modules(encodings.__path__)} | set(aliases.values()))


@pytest.mark.parametrize("codec", [codec for codec in OTHERS if aliases.get(codec, codec) not in WHOLE])
def test_no_charset(codec: str) -> None:
    """A codec that Python has and HTTP has not is taken for no declaration; some of them would warn or do harm."""
    text = "Über C:\\dir & 作业"
    error = receive_refusal(400, text.encode(), f"text/plain; charset={codec}")

    assert error.error_msg == text, f"charset={codec} should be read as if it were not declared"


@pytest.mark.parametrize("codec", ["punycode", "idna", "unicode_escape", "utf_7"])
@pytest.mark.parametrize("unit", [b"b", b"b-", "ü".encode(), b"\\u00fc", b"xn--b.", b"+AGI-"], ids=ascii)
def test_time(codec: str, unit: bytes) -> None:
    """However long a body is, and whatever is declared, to read it takes no time that anyone would notice."""
    content = (unit * 2**19)[: 2**19]
    started = time.process_time()
    error = receive_refusal(400, content, f"text/plain; charset={codec}")
    seconds = time.process_time() - started

    assert error.error_msg
    assert seconds < 2, f"half a MiB in charset={codec} took {seconds:.1f} s"


SPELLINGS = (
    "text/plain;charset=latin-1",
    "text/plain; Charset=LATIN-1",
    'text/plain; charset="latin-1"',
    "text/plain; a=b; charset=latin-1; c=d",
    "text/plain ;\tcharset=ISO_8859-1:1987",
)


@pytest.mark.parametrize("content_type", SPELLINGS)
def test_spelling(content_type: str) -> None:
    """A charset is found wherever it stands among the media type's parameters, quoted or not, in any case."""
    assert receive_refusal(400, "Über".encode("latin-1"), content_type).error_msg == "Über"


UNDECLARED: dict[str, tuple[str, bytes]] = {
    "bom-beats-declaration": ("application/json; charset=latin-1", b"\xef\xbb\xbf" + '["Über"]'.encode()),
    "utf-16-bom-beats-declaration": ("application/json; charset=gbk", '["Über"]'.encode("utf-16")),
    "utf-16-big-endian-bom": ("application/json", b"\xfe\xff" + '["Über"]'.encode("utf-16-be")),
    "utf-32-bom": ("application/json; charset=utf-8", '["Über"]'.encode("utf-32")),
    "utf-16-without-byte-order": ("application/json; charset=utf-16", '["Über"]'.encode("utf-16-be")),
    "utf-16-other-byte-order": ("application/json; charset=utf-16", '["Über"]'.encode("utf-16-le")),
    "utf-32-without-byte-order": ("application/json; charset=utf-32", '["Über"]'.encode("utf-32-be")),
    "ascii-declared-and-wrong": ("application/json; charset=us-ascii", '["Über"]'.encode()),
    "big5-declared-and-wrong": ("application/json; charset=big5", '["Über"]'.encode()),
    "escaped-ascii-in-utf-7": ("application/json; charset=utf-7", b'["\\u00dcber"]'),
    "text-without-charset": ("text/plain", '["Über"]'.encode()),
    "html-without-charset": ("text/html;q=1", '["Über"]'.encode()),
    "no-content-type": ("", '["Über"]'.encode()),
}


@pytest.mark.parametrize(("content_type", "content"), UNDECLARED.values(), ids=UNDECLARED)
def test_undeclared(content_type: str, content: bytes) -> None:
    """A byte order mark beats the declaration; where that is wrong, or leaves open the byte order, zeros tell."""
    response = httpx.Response(200, headers={"Content-Type": content_type}, content=content)

    assert receive(response) == ["Über"]
