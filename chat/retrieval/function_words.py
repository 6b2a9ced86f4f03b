"""Words that carry no subject: a question is told by its other words. Without a list a language loses only speed."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTION_WORDS: dict[str, frozenset[str]] = {
    "en": _set(
        """a about above after again against all also am an and any are aren as at be because been before being below
        between both but by can cannot could couldn did didn do does doesn doing don down during each else ever every
        few for from further get gets had hadn has hasn have haven having he her here hers herself him himself his how
        however i if in into is isn it its itself just let like many may me might more most much must my myself no nor
        not now of off often on once one only or other our ours ourselves out over own please same shall she should
        shouldn so some such than that the their theirs them themselves then there these they this those through thus
        to too under until up upon us use used uses using very via was wasn we were weren what when where whether which
        while who whom whose why will with within without won would wouldn yes yet you your yours yourself yourselves
        d ll m re s t ve"""
    ),
    "de": _set(
        """aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dem den der des die dies
        diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch für
        gegen gibt hab habe haben hat hatte ich ihm ihn ihr ihre im in ins ist ja jede jeder jedes kann kein keine
        können man mein mich mir mit muss nach nicht noch nur ob oder ohne schon sehr sein sich sie sind so soll über
        um und uns unter vom von vor wann war warum was wegen weil welche welcher welches wenn wer werden wie wieder
        will wir wird wo wofür wozu zu zum zur"""
    ),
    "fr": _set(
        """à ai as au aux avec ce ces cet cette comme comment d dans de des du elle elles en est et été être eux fait
        il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou où par pas pour
        pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sur t ta te tes toi ton
        tu un une va vos votre vous y"""
    ),
    "es": _set(
        """a al algo como con cómo cual cuál cuáles cuando cuándo de del desde donde dónde el él ella ellas ellos en
        entre era es esa ese eso esta está están este esto estos fue ha han hay la las le les lo los más me mi mis muy
        no nos o para pero por porque qué que quien quién se ser si sí sin sobre son su sus también te tiene todo tu
        tus un una uno unos y ya yo"""
    ),
    "it": _set(
        """a ai al alla alle anche c che chi ci come con cosa d da dal dalla de dei del della delle di dove e è ed era
        gli ha hanno ho i il in io l la le lei li lo loro lui ma mi ne nei nel nella no noi non o per perché più può
        quale quali quando quanto quello questa questo se sei si sia sono su sua sue sul sulla suo tra tu tutti un una
        uno vi voi"""
    ),
    "pt": _set(
        """a à ao aos as às até com como da das de dela dele do dos e é ela ele eles em entre era essa esse esta está
        este eu foi há isso isto já lhe mais mas me mesmo meu minha muito na não nas no nos nós o onde os ou para pela
        pelo por porque quais qual quando que quem se sem ser seu sua são só também te tem um uma você vocês"""
    ),
    "nl": _set(
        """aan al alle als ben bij bent dan dat de deze die dit doen door dus een en er geen had heb hebben heeft het
        hij hoe hun ik in is ja je kan kunnen maar me men met mij mijn moet na naar niet nog nu of om onder ons ook op
        over te tot u uit uw van veel voor waar waarom wanneer want was wat we welke wel werd wie wij wil worden wordt
        zal ze zich zij zijn zo zonder zou"""
    ),
}
