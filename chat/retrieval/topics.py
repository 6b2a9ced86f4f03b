"""What many people ask about, found in their questions' words. Pure functions, no database, no dice.

A topic is a word that several people used, with the words that mostly stand beside it. A question belongs to the first
topic that it holds a word of, so counts of topics add up to no more than there are questions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chat.retrieval.words import base_language, stemmer

# Of fewer people no topic is named: it might say who they are.
FEWEST_ASKERS = 5
MOST_TOPICS = 20
WORDS_A_TOPIC = 3
# Terms that are looked at closely, the most telling ones.
CANDIDATES = 120
# A word belongs to another one's topic when most questions that hold it hold both, and half of the other's.
TOGETHER = 0.6
OFTEN = 0.5
# What stands in more than this share of all questions tells none from another.
EVERYWHERE = 0.5
ENOUGH_TO_TELL = 20
# A word that the course itself never uses is more often chatter than a gap.
NOT_IN_COURSE = 0.5

# Words of asking, which no topic is about. Where a language has none, they only rank lower than they might.
ASKING = {
    "en": """explain explanation understand mean means meaning difference differ different example give tell show help
        please thanks thank question answer problem work works working know want need find define definition describe
        say said think try one two three way thing good best better lesson lessons course chapter module page video quiz
        exercise practice part section topic happen happens make makes possible correct right wrong sure still really
        new first second next last step long something anything everything hello hi ok happened important reason
        compare kind kinds type types instead again write called call sentence word""",
    "de": """erklär erklären erkläre verstehe verstehen bedeutet bedeuten unterschied beispiel zeigen hilfe helfen bitte
        danke frage antwort problem wissen weiß will brauche finden lektion kurs kapitel seite video aufgabe übung teil
        thema passiert macht machen möglich richtig falsch wirklich erste nächste schritt etwas grund wichtig art""",
    "fr": """expliquer explique comprendre comprends signifie différence exemple montrer aide aider merci question
        réponse problème savoir veux besoin trouver définition leçon cours chapitre page vidéo exercice partie sujet
        faire possible correct vrai faux vraiment premier étape chose raison important sorte""",
    "es": """explicar explica entender entiendo significa diferencia ejemplo mostrar ayuda ayudar gracias favor pregunta
        respuesta problema saber quiero necesito encontrar definición lección curso capítulo página vídeo ejercicio
        parte tema hacer posible correcto verdad falso realmente primero paso cosa razón importante tipo""",
}


@dataclass(frozen=True)
class Asked:
    """One question as topics know it: who asked, and the terms that it holds."""

    asker: int
    terms: frozenset[str]


@dataclass(frozen=True)
class Cluster:
    """Terms that are one topic, the telling one first; which of the questions belong to it, and how many people."""

    terms: tuple[str, ...]
    questions: tuple[int, ...]
    askers: int


def clusters(
    asked: Sequence[Asked], *, weight: Callable[[str], float], in_course: Callable[[str], bool], language: str
) -> list[Cluster]:
    """The topics of these questions, the most asked first. `weight` tells how much a term says in the course."""
    holding = _holding(asked, language)
    people = {term: _askers(asked, numbers) for term, numbers in holding.items()}

    def worth(term: str) -> float:
        return people[term] * weight(term) * (1 if in_course(term) else NOT_IN_COURSE)

    several = [term for term in holding if people[term] >= FEWEST_ASKERS]
    candidates = sorted(several, key=lambda term: (-worth(term), term))[:CANDIDATES]
    found: list[Cluster] = []
    taken: set[int] = set()
    while candidates and len(found) < MOST_TOPICS:
        terms = [candidates[0], *_beside(candidates, asked, holding)]
        candidates = [term for term in candidates if term not in terms]
        own = set().union(*(holding[term] for term in terms)) - taken
        if _askers(asked, own) >= FEWEST_ASKERS:
            found.append(Cluster(tuple(terms), tuple(sorted(own)), _askers(asked, own)))
            taken |= own
    return sorted(found, key=lambda one: (-len(one.questions), one.terms))


def _askers(asked: Sequence[Asked], numbers: Iterable[int]) -> int:
    return len({asked[number].asker for number in numbers})


def named(terms: Sequence[str], texts: Iterable[Sequence[tuple[int, int, str]]], *, language: str) -> str:
    """A topic in words: each term as people mostly wrote it, in the order that they mostly stand in."""
    stem = stemmer(base_language(language))
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, list[int]] = defaultdict(list)
    for words in texts:
        for place, (_start, _end, word) in enumerate(words):
            if (term := stem(word)) in terms:
                forms[term][word] += 1
                places[term].append(place)
    mean = {term: sum(places[term]) / len(places[term]) for term in places}
    ordered = sorted(terms, key=lambda term: (mean.get(term, 0), terms.index(term)))
    return " ".join(_most(forms[term]) if term in forms else term for term in ordered)


def _most(words: Counter[str]) -> str:
    return min(words, key=lambda word: (-words[word], word))


def _holding(asked: Sequence[Asked], language: str) -> dict[str, set[int]]:
    """Which questions hold each term that could be a topic."""
    code = base_language(language)
    skipped = {stemmer(code)(word) for word in ASKING.get(code, "").split()}
    holding: dict[str, set[int]] = defaultdict(set)
    for number, one in enumerate(asked):
        for term in one.terms:
            if term not in skipped and len(term) > 1 and not term.isdecimal():
                holding[term].add(number)
    if len(asked) < ENOUGH_TO_TELL:
        return holding
    return {term: numbers for term, numbers in holding.items() if len(numbers) <= EVERYWHERE * len(asked)}


def _beside(candidates: Sequence[str], asked: Sequence[Asked], holding: dict[str, set[int]]) -> list[str]:
    """Words that mostly stand beside the first candidate, and that several people used together with it."""
    own = holding[candidates[0]]

    def is_beside(other: str) -> bool:
        both = own & holding[other]
        mostly = len(both) >= TOGETHER * len(holding[other]) and len(both) >= OFTEN * len(own)
        return mostly and _askers(asked, both) >= FEWEST_ASKERS

    return [other for other in candidates[1:] if is_beside(other)][: WORDS_A_TOPIC - 1]
