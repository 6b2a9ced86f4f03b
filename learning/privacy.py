"""What is kept about people, model by model, and what becomes of it when somebody takes it along or goes.

Every model of Cairn has an entry here, and every model of a library that points at a person. An entry names each way to
the person and each field in which words or copied names can stand; tests/conformance/test_privacy.py fails on a model
without one, and on a relation, JSON field or text that its entry passes over. Export and deletion read this and nothing
else, so what is not said here is neither handed out nor forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """`DELETE`: exported, and gone with the account. `PSEUDONYMISE`: exported, and kept for the sake of others' numbers
    or of a record, hanging on an account that has been emptied. `NOT_PERSONAL`: neither.
    """

    DELETE = "export+delete"
    PSEUDONYMISE = "pseudonymise"
    NOT_PERSONAL = "not personal"


@dataclass(frozen=True)
class Entry:
    """What one model holds. Field names are separated by blanks.

    `person`: the paths from a row to the person it is about, as the ORM follows them; the first one is whose export it
    belongs to. `words`: text and JSON fields, all of them. Of these and of the others, `withheld` are not exported
    (digests, secrets) and `emptied` are blanked where the row stays.
    """

    kind: Kind
    reason: str
    person: str = ""
    words: str = ""
    withheld: str = ""
    emptied: str = ""

    @property
    def paths(self) -> list[str]:
        return self.person.split()

    @property
    def mentioned(self) -> set[str]:
        """Every field that the entry accounts for."""
        roots = (path.split("__")[0] for path in self.paths)
        return {*roots, *self.words.split(), *self.withheld.split(), *self.emptied.split()}


_GONE, _KEPT, _NOBODY = Kind.DELETE, Kind.PSEUDONYMISE, Kind.NOT_PERSONAL
_COUNTED = "Courses are measured by it; it stays, on an emptied account."
_CONTENT = "What a course teaches. Its authors are told by the course, not by the text."

REGISTRY: dict[str, Entry] = {
    # --- people ------------------------------------------------------------------------------------------------
    "learning.User": Entry(
        _KEPT,
        "Facts hang on the row; what says who it was is emptied, and nobody signs in with it any more.",
        person="pk",
        words="email display_name time_zone previous_time_zone language",
        withheld="password",
        emptied="email display_name password",
    ),
    "learning.User_groups": Entry(_GONE, "Rights end with the account.", person="user"),
    "learning.User_user_permissions": Entry(_GONE, "Rights end with the account.", person="user"),
    "learning.ZoneChange": Entry(
        _KEPT, "Past days stay as they were counted.", person="learner", words="old_zone new_zone"
    ),
    "learning.SigninFailures": Entry(
        _NOBODY, "Counted under a digest of the address, forgotten after the window.", words="key"
    ),
    "learning.RequestCount": Entry(
        _NOBODY, "Counted under a digest of who asks, forgotten after the window.", words="key"
    ),
    "learning.KeptAnswer": Entry(
        _GONE,
        "Answers of the last day, for requests that are sent again.",
        person="caller",
        words="request asked content_type body",
        withheld="request asked",
    ),
    "account.EmailAddress": Entry(_GONE, "The addresses of an account.", person="user", words="email"),
    "account.EmailConfirmation": Entry(
        _GONE, "A question sent to an address.", person="email_address__user", words="key", withheld="key"
    ),
    "knox.AuthToken": Entry(
        _GONE, "Ends with the account; its digest is nobody's to read.", person="user", withheld="digest token_key"
    ),
    "admin.LogEntry": Entry(
        _KEPT,
        "Who changed what must stay known; the name in the text goes.",
        person="user",
        words="object_id object_repr change_message",
        emptied="object_repr",
    ),
    "learning.AuditEntry": Entry(
        _KEPT,
        "Who changed what must stay known, and the log is never changed; it holds ids and no name.",
        person="actor",
        words="action thing before after request_id",
    ),
    # --- courses -----------------------------------------------------------------------------------------------
    "learning.Category": Entry(_NOBODY, "A shelf of the catalogue.", words="name slug"),
    "learning.Course": Entry(
        _NOBODY,
        _CONTENT,
        person="instructors",
        words="title slug subtitle description language time_zone",
    ),
    "learning.Course_instructors": Entry(_GONE, "Who teaches a course.", person="user"),
    "learning.Module": Entry(_NOBODY, _CONTENT, words="title summary source_path"),
    "learning.Lesson": Entry(_NOBODY, _CONTENT, words="title slug body html video_url source_path"),
    "learning.SubPage": Entry(_NOBODY, _CONTENT, words="title slug body html source_path"),
    "learning.CourseFile": Entry(_NOBODY, _CONTENT, words="path digest"),
    "learning.Question": Entry(_NOBODY, _CONTENT, words="text explanation accepted source_path"),
    "learning.Choice": Entry(_NOBODY, _CONTENT, words="text"),
    # --- learning ----------------------------------------------------------------------------------------------
    "learning.Enrollment": Entry(_KEPT, _COUNTED, person="learner"),
    "learning.LessonProgress": Entry(_KEPT, _COUNTED, person="learner", words="ranges"),
    "learning.StudyTime": Entry(_KEPT, _COUNTED, person="learner"),
    "learning.LessonView": Entry(_KEPT, _COUNTED, person="learner"),
    "learning.LearningSession": Entry(_KEPT, _COUNTED, person="learner"),
    "learning.PlayedMinute": Entry(_NOBODY, "How often each minute was played, by nobody in particular."),
    "learning.PracticeAttempt": Entry(
        _KEPT,
        "Scores are counted; what was written in answer goes.",
        person="learner",
        words="question_ids answers results",
        emptied="answers results",
    ),
    "learning.StudyClock": Entry(_GONE, "Until when time is credited; nothing to count any more.", person="learner"),
    "learning.ClientSession": Entry(_GONE, "The last beat of a tab.", person="learner"),
    "learning.Certificate": Entry(
        _KEPT,
        "Its number stays known, so that nobody takes it for a forgery; the name on it goes.",
        person="enrollment__learner",
        words="learner_name course_title",
        emptied="learner_name",
    ),
    "learning.Outbox": Entry(
        _NOBODY,
        "What is to be done, by ids; a mail is emptied when it has been sent, and done rows are forgotten.",
        words="key kind payload last_error",
    ),
    # --- the assistant -----------------------------------------------------------------------------------------
    "chat.Passage": Entry(_NOBODY, _CONTENT, words="title headings anchor text terms digest"),
    "chat.CourseIndex": Entry(_NOBODY, _CONTENT, words="frequencies"),
    "chat.Conversation": Entry(_GONE, "What they talked about.", person="asker", words="title"),
    "chat.Message": Entry(
        _GONE,
        "What they asked, and what they were answered.",
        person="asker conversation__asker",
        words="content citations note provider model",
        withheld="author",
    ),
    "chat.ConversationRead": Entry(
        _GONE, "Who else opened their conversation, and when.", person="conversation__asker", withheld="reader"
    ),
    "chat.Findable": Entry(
        _GONE, "What their conversations are found by.", person="asker conversation__asker", words="terms"
    ),
    "chat.Meter": Entry(_GONE, "What was used of a limit; over with its window.", person="learner", words="key"),
    "chat.Reservation": Entry(_GONE, "A limit held while an answer is made.", person="learner", words="meters"),
    # --- motivation --------------------------------------------------------------------------------------------
    "gamification.Badge": Entry(_NOBODY, "What can be earned.", words="key title description icon"),
    "gamification.EarnedBadge": Entry(_GONE, "Their own badges.", person="learner", words="scope"),
    "gamification.BadgeShare": Entry(_GONE, "A page that they opened.", person="earned__learner", words="name"),
    "gamification.ChallengeTemplate": Entry(_NOBODY, "What can be asked.", words="key title description"),
    "gamification.Challenge": Entry(_GONE, "Their own challenges.", person="learner"),
    "gamification.Goal": Entry(_GONE, "Their own goals.", person="learner", words="metric"),
    "gamification.Milestone": Entry(_GONE, "What they have passed.", person="learner", words="key scope"),
    "gamification.Pause": Entry(_GONE, "When they rested.", person="learner", words="reason"),
    "gamification.Amnesty": Entry(_GONE, "Days that were forgiven them.", person="learner", words="reason"),
    "gamification.ActiveDay": Entry(_GONE, "Their own days.", person="learner", words="time_zone"),
    "gamification.Profile": Entry(_GONE, "Totals of their own.", person="learner"),
    "gamification.Preferences": Entry(_GONE, "What they chose.", person="learner", words="alias"),
    "gamification.CourseSwitches": Entry(_NOBODY, "What a course lets its learners earn."),
    "gamification.XPRule": Entry(_NOBODY, "What an act pays."),
    "gamification.XPEntry": Entry(
        _KEPT,
        "The ledger is never changed, by nobody: its rows then hang on an emptied account.",
        person="learner",
        words="reason source",
    ),
    "analytics.DashboardLayout": Entry(_GONE, "How they like their page.", person="learner", words="order hidden"),
    "analytics.Rollup": Entry(_NOBODY, "How far a course's days are counted.", words="basis"),
    "analytics.CourseDay": Entry(_NOBODY, "Sums and counts of a day."),
    "analytics.CourseHour": Entry(_NOBODY, "Sums and counts of an hour."),
    "analytics.LessonDay": Entry(_NOBODY, "Sums and counts of a day."),
    "analytics.StudentLine": Entry(
        _GONE, "Their place in the lists of a course.", person="enrollment__learner", words="name"
    ),
    "analytics.RiskThresholds": Entry(_NOBODY, "From when on a course asks about somebody."),
    "analytics.RiskDay": Entry(_NOBODY, "How many people a course compared on a day."),
    "analytics.RiskSnapshot": Entry(
        _GONE, "Where they stood on a day; nobody's numbers rest on it.", person="learner", words="receipts"
    ),
    "analytics.RiskFlag": Entry(_GONE, "Why somebody might have helped them.", person="learner"),
    "analytics.Outreach": Entry(
        _GONE, "What was done for them, and what they said.", person="learner by", words="message"
    ),
    "analytics.StudentNote": Entry(
        _GONE,
        "What those who teach wrote down about them; theirs to take along.",
        person="learner author",
        words="text",
    ),
    "analytics.StudentReading": Entry(_GONE, "Who looked at their learning.", person="learner reader"),
    # --- telling -----------------------------------------------------------------------------------------------
    "notifications.Notification": Entry(_GONE, "Their own inbox.", person="learner", words="key title body url"),
    "notifications.Device": Entry(
        _GONE,
        "Browsers and apps that they are told on; address and keys are secrets of theirs.",
        person="person",
        words="digest endpoint p256dh auth server_key token name",
        withheld="digest endpoint p256dh auth server_key token",
    ),
    "notifications.Phone": Entry(
        _GONE,
        "A number, and what its owner agreed to when.",
        person="person",
        words="number consent_version code_nonce",
        withheld="code_nonce",
    ),
    "notifications.Announcement": Entry(
        _GONE,
        "What they wrote, or what was meant for them alone; whoever was told has it in an inbox of their own.",
        person="sender person",
        words="title message",
    ),
    "notifications.Delivery": Entry(
        _GONE,
        "What was sent to them, and by which way.",
        person="recipient",
        words="kind channel key address title body url words error",
    ),
    "notifications.Template": Entry(
        _NOBODY, "The site's words for everybody.", words="kind channel language title body"
    ),
    "notifications.DeadAddress": Entry(
        _GONE, "Their addresses that took nothing.", person="person", words="channel address reason"
    ),
    "notifications.Choice": Entry(_GONE, "What they want to hear.", person="person", words="kind channel"),
    "notifications.Manner": Entry(_GONE, "When they want to be written to.", person="person", words="digest"),
    "notifications.LiveEvent": Entry(_GONE, "What open pages are told, for two days.", person="person", words="data"),
}
