"""The Markdown of real courses becomes the HTML that a reader expects."""

import pytest

from learning.markdown import read_markdown, render_markdown, sanitise


def test_fenced_divs_nest_whatever_their_colons():
    html = render_markdown("::::::::: challenge\n\n## Try\n\ntext\n:::: solution\n\nyes\n\n:::\n:::::::::::::\n\nafter")
    assert html == (
        '<div class="callout-box challenge">\n<p class="callout-kind">Challenge</p>\n'
        '<h3 class="callout-title" id="try">Try</h3>\n<p>text</p>\n<details class="callout-box solution">\n'
        "<summary>Solution</summary>\n<p>yes</p>\n</details>\n</div>\n<p>after</p>\n"
    )


def test_a_div_that_never_ends_and_one_that_never_began():
    assert ":::" not in render_markdown("::: note\n\nwords")
    assert ":::" not in render_markdown("words\n:::\nmore")


def test_colons_in_code_are_code():
    html = render_markdown("::: callout\n```\n::: solution\n```\n:::\nafter")
    assert "::: solution" in html
    assert html.endswith("</div>\n<p>after</p>\n")


@pytest.mark.parametrize(
    "text",
    [
        "```{.language-python}\nx\n```",
        "```Python\nx\n```",
        "```{python, echo=FALSE}\nx\n```",
        "~~~\nx\n~~~\n{: .language-python}",
    ],
)
def test_the_language_of_code_however_it_is_written(text):
    assert render_markdown(text) == '<pre><code class="language-python">x\n</code></pre>\n'


@pytest.mark.parametrize("text", ["> [!NOTE]\n> Words", "> **Note**\n> Words", "> [!note]  \n> Words"])
def test_callouts_of_github(text):
    html = render_markdown(text)
    assert html == '<div class="callout-box note">\n<p class="callout-title">Note</p>\n<p>Words</p>\n</div>\n'


def test_a_quotation_stays_a_quotation():
    assert render_markdown("> **Noted** words").startswith("<blockquote>")


def test_kramdown_gives_quotations_their_kind_and_leaves_nothing_behind():
    html = render_markdown("> ## Mind\n> Words\n{: .callout}\n\nText\n{: .class #id}\n\n[a](/b){:target=_blank} end")
    assert '<div class="callout-box callout">' in html
    assert "{" not in html


def test_words_in_the_brackets_and_a_description_make_a_figure():
    html = render_markdown("![A *caption*](/x.png){alt='What 'num' shows' width=\"50%\"}")
    assert html == (
        '<figure><img src="/x.png" alt="What \'num\' shows" width="50%" loading="lazy">'
        "<figcaption>A <em>caption</em></figcaption></figure>\n"
    )


def test_tables_keep_their_alignment_without_a_style():
    html = render_markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<td align="center">1</td>' in html
    assert "style" not in html


def test_task_lists_show_what_is_done():
    assert render_markdown("- [x] yes\n- [ ] no") == "<ul>\n<li>☑ yes</li>\n<li>☐ no</li>\n</ul>\n"


def test_the_title_is_left_to_the_page_and_other_h1_become_h2():
    assert render_markdown("# My  title\n\n# Other\n", title="my title") == '<h2 id="other">Other</h2>\n'


def test_headings_have_the_ids_that_links_expect():
    reading = read_markdown("## Task - do it\n## Task - do it\n## Own {#mine}\n## 🚀 Go\n")
    assert reading.anchors == {"task---do-it", "task---do-it-1", "mine", "-go"}


def test_places_named_the_old_way_can_be_linked_to():
    reading = read_markdown('<a name="here"></a>Words')
    assert reading.html.startswith('<p><a id="here"')
    assert reading.anchors == {"here"}


def test_details_and_placeholders():
    html = render_markdown(
        "<details>\n<summary>More</summary>\n\n**md**\n\n</details>\n\nType <your name>, not <script>x</script>."
    )
    assert "<summary>More</summary>\n<p><strong>md</strong></p>" in html
    assert "Type &lt;your name&gt;, not ." in html


def test_a_picture_elsewhere_becomes_a_link_or_words_within_one():
    html = render_markdown("![a](https://e.example/a.png) [![b](https://e.example/b.png)](https://e.example/)")
    assert "<img" not in html
    assert html.count("<a ") == 2


@pytest.mark.parametrize(
    "text",
    ["<img src=//e/x.png alt='<b>'>", "::: hint\n<a href=x onclick=y>z</a>\n:::", "a < b & c", "[x](data:text/html,y)"],
)
def test_cleaning_twice_changes_nothing(text):
    html = render_markdown(text)
    assert sanitise(html) == html
    assert "onclick" not in html


@pytest.mark.parametrize(
    "text", ["[x](" * 5000, "![](x){alt='" * 5000, ":::: a\n" * 5000, "`" * 5000 + " `a" * 5000, "# a\n" * 5000]
)
def test_hostile_repetition_costs_little(text):
    render_markdown(text)


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/x.png", "//elsewhere.example/x.png", "data:image/png,x"]
)
def test_a_picture_elsewhere_is_not_fetched_and_leaves_its_words(address):
    """It would tell that address who is reading what, and when."""
    for html in (render_markdown(f"Before ![a map]({address}) after"), sanitise(f'<img src="{address}" alt="a map">')):
        assert "<img" not in html
        assert "a map" in html
