"""A campus with any number of invented staff members, and the tokens that hand them over."""

import json
import time
from itertools import count
from pathlib import Path

from sso_bridge.issuing import issue, new_key

AUDIENCE = "portal.visits.example"
ADDRESS = "127.0.0.1"
PASSWORD = "copper-kettle-ninety-seals"

_SURNAMES = """
    CHEN LIN HUANG CHANG LI WANG WU LIU TSAI YANG HSU CHENG HSIEH KUO HUNG CHIU TSENG LIAO LAI CHOU YEH SU CHUANG LU
    CHIANG HO HSIAO LO KAO PAN CHIEN CHU CHUNG YU FANG SHIH WENG WEI SUN TAI FAN SUNG TENG TU FU HOU TSAO HSUEH TING CHO
"""
_SYLLABLES = """
    HSIAO MING CHIH HAO SHU FEN YA TING MEI LING CHIA WEN HUI CHUN CHIEH YI HSUAN YU CHENG WEI JUNG HSIN PEI SHAN TZU
    HAN KUAN LIN CHING HUA CHUNG YUAN KAI HSIANG LI TE AN JO PING FANG KUO TAI SHENG HSIU CHU YEN MIN JU LAN SUNG
"""

SURNAMES, SYLLABLES = _SURNAMES.split(), _SYLLABLES.split()


class Campus:
    """Its public key is in ``keys_file`` as soon as it is there."""

    def __init__(self, keys_file: Path) -> None:
        self._key, public = new_key(alg="EdDSA", issuer="https://ais.visits.example", kid="visits")
        keys_file.write_text(json.dumps({"keys": [public]}))
        self._numbers = count(1)

    def token(self, number: int | None = None) -> str:
        """For the staff member of that number; without one, for somebody who was not here before."""
        number = next(self._numbers) if number is None else number
        claims = {
            "sub": f"z{number:05}",
            "name": "王小明",
            "name_en": passport_name(number),
            "category": "staff",
            "condition": "一般",
            "lang": "zh-hant",
            "ip": ADDRESS,
        }
        return issue(claims, key=self._key, audience=AUDIENCE, now=int(time.time()))


def passport_name(number: int) -> str:
    """All of the first 100,000 numbers have different ones."""
    number, first = divmod(number, len(SYLLABLES))
    second, surname = divmod(number, len(SURNAMES))
    return f"{SURNAMES[surname]},{SYLLABLES[first]}-{SYLLABLES[second % len(SYLLABLES)]}"
