"""Words that carry no meaning of their own, folded, in the languages digestbot knows best. Nothing else."""

from __future__ import annotations

_ENGLISH = """
a about above after again against all almost also although always am among an and another any anybody anyone anything
are aren't around as at away be became because become becomes been before being below between both but by can can't
cannot could couldn't did didn't do does doesn't doing don't done down during each either else enough even ever every
everyone everything few first for from further get gets getting give given go goes going gone got had has hasn't have
haven't having he he's her here hers herself him himself his how however i i'm i've if in indeed instead into is isn't
it it's its itself just keep kept last least less let like made make makes making many may maybe me might mine more
moreover most much must my myself nearly need never nevertheless next no nobody none nor not nothing now of off often
on once one ones only or other others otherwise our ours ourselves out over own per perhaps put quite rather really
said same say says see seem seems several shall she should shouldn't since so some somebody someone something still
such take takes than that that's the their theirs them themselves then there there's therefore these they they're
this those though through throughout thus to together too took toward towards under until up upon us use used uses
using very via was wasn't way we we're well went were weren't what when where whether which while who whole whom whose
why will with within without won't would wouldn't yet you you're your yours yourself
"""
_GERMAN = """
aber alle als also am an auch auf aus bei bin bis da damit dann das dass dem den denn der des die dies diese diesem
diesen dieser doch dort du durch ein eine einem einen einer eines er es fur hat hatte haben ich ihr ihre im in ist ja
kann kein keine man mehr mit muss nach nicht noch nun nur ob oder ohne sehr sein seine sich sie sind so soll um und uns
unter vom von vor war waren was weil wenn werden wie wir wird wurde wurden zu zum zur uber
"""
_FRENCH = """
a au aux avec avoir c'est ce ces cette comme d'un d'une dans de des deux donc du elle elles en est et etait etre eu
fait ici il ils je la le les leur leurs lui mais meme ne nos notre nous on ont ou par pas plus pour qu'il que qui sa
sans se ses si son sont sur tout toute toutes tres un une vos votre vous
"""
_ROMANCE = """
al algo ao aos as ate con como cual da das de del della delle dei di do dos e el ela ele em en entre era eram eran es
esta estan estao este esto foi fue gli ha hay han ho i il isso la las le lo los mais mas me mi mucho muito muy na nao
nas nel nella no nos o os para pela pelo per piu pero por porque que qual quando quase se sem ser si sia sin sobre son
sono su sua suo sul sulla suas tambem tambien tem tiene todo todos um uma un una uno unos y ya
"""
_DUTCH = """
aan al als bij dan dat de den der deze die dit door dus een en er geen had heb hebben heeft het hij hoe hun ik in is ja
je kan maar me meer men met mijn naar niet nog nu of om onder ons ook op over te tot uit van veel voor waar was wat we
wel werd wij wordt ze zich zij zijn zo zou
"""

STOPWORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_ROMANCE} {_DUTCH}".split())
