"""Plain captions in other languages of Latin script: correct text that is not English.

Twenty-two languages of openings, things and places, put together blindly: gender and case may clash, the letters
and words are right. Other scripts need no examples: no figure taken of them comes from English.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str, str]] = {
    "de": (
        "ein kleiner|der alte|das rote|eine schöne|die große|zwei|drei kleine",
        (
            "Hund|Katze|Haus|Baum|Vogel|Schiff|Schlüssel|Apfel|Auto|Blume|Fenster|Pferd|Fisch|Brücke|Stuhl|Brot|Sonne|Mond"
            "|Buch|Straße|Kinder|Berg|Kirche|Schmetterling"
        ),
        "im Garten|auf dem Tisch|und ein Ball|mit Rahmen|für Kinder|am Meer|bei Nacht|vor dem Haus|in der Stadt",
    ),
    "fr": (
        "un petit|le vieux|la grande|une belle|les|deux|trois petits",
        (
            "chien|chat|maison|arbre|oiseau|bateau|clé|pomme|voiture|fleur|fenêtre|cheval|poisson|pont|chaise|pain|soleil"
            "|lune|livre|rue|enfants|montagne|église|papillon"
        ),
        "dans le jardin|sur la table|et une balle|avec cadre|pour enfants|au bord de la mer|la nuit|devant la maison",
    ),
    "es": (
        "un pequeño|el viejo|la gran|una bonita|los|dos|tres",
        (
            "perro|gato|casa|árbol|pájaro|barco|llave|manzana|coche|flor|ventana|caballo|pez|puente|silla|pan|sol|luna"
            "|libro|calle|niños|montaña|iglesia|mariposa"
        ),
        "en el jardín|sobre la mesa|y una pelota|con marco|para niños|junto al mar|de noche|delante de la casa",
    ),
    "it": (
        "un piccolo|il vecchio|la grande|una bella|gli|due|tre piccoli",
        (
            "cane|gatto|casa|albero|uccello|nave|chiave|mela|macchina|fiore|finestra|cavallo|pesce|ponte|sedia|pane|sole"
            "|luna|libro|strada|bambini|montagna|chiesa|farfalla"
        ),
        "nel giardino|sul tavolo|e una palla|con cornice|per bambini|in riva al mare|di notte|davanti alla casa",
    ),
    "pt": (
        "um pequeno|o velho|a grande|uma bela|os|dois|três",
        (
            "cão|gato|casa|árvore|pássaro|navio|chave|maçã|carro|flor|janela|cavalo|peixe|ponte|cadeira|pão|sol|lua|livro"
            "|rua|crianças|montanha|igreja|borboleta"
        ),
        "no jardim|sobre a mesa|e uma bola|com moldura|para crianças|à beira do mar|à noite|em frente à casa",
    ),
    "nl": (
        "een kleine|de oude|het rode|een mooie|de grote|twee|drie",
        (
            "hond|kat|huis|boom|vogel|schip|sleutel|appel|auto|bloem|raam|paard|vis|brug|stoel|brood|zon|maan|boek|straat"
            "|kinderen|berg|kerk|vlinder"
        ),
        "in de tuin|op de tafel|en een bal|met lijst|voor kinderen|aan zee|in de nacht|voor het huis",
    ),
    "pl": (
        "mały|stary|czerwony|piękny|duży|dwa|trzy",
        (
            "pies|kot|dom|drzewo|ptak|statek|klucz|jabłko|samochód|kwiat|okno|koń|ryba|most|krzesło|chleb|słońce|księżyc"
            "|książka|ulica|dzieci|góra|kościół|motyl"
        ),
        "w ogrodzie|na stole|i piłka|z ramką|dla dzieci|nad morzem|w nocy|przed domem",
    ),
    "sv": (
        "en liten|den gamla|det röda|en vacker|den stora|två|tre",
        (
            "hund|katt|hus|träd|fågel|skepp|nyckel|äpple|bil|blomma|fönster|häst|fisk|bro|stol|bröd|sol|måne|bok|gata"
            "|barn|berg|kyrka|fjäril"
        ),
        "i trädgården|på bordet|och en boll|med ram|för barn|vid havet|på natten|framför huset",
    ),
    "da": (
        "en lille|den gamle|det røde|en smuk|den store|to|tre",
        (
            "hund|kat|hus|træ|fugl|skib|nøgle|æble|bil|blomst|vindue|hest|fisk|bro|stol|brød|sol|måne|bog|gade|børn|bjerg"
            "|kirke|sommerfugl"
        ),
        "i haven|på bordet|og en bold|med ramme|for børn|ved havet|om natten|foran huset",
    ),
    "fi": (
        "pieni|vanha|punainen|kaunis|suuri|kaksi|kolme",
        (
            "koira|kissa|talo|puu|lintu|laiva|avain|omena|auto|kukka|ikkuna|hevonen|kala|silta|tuoli|leipä|aurinko|kuu"
            "|kirja|katu|lapset|vuori|kirkko|perhonen"
        ),
        "puutarhassa|pöydällä|ja pallo|lapsille|meren rannalla|yöllä|talon edessä",
    ),
    "cs": (
        "malý|starý|červený|krásný|velký|dva|tři",
        (
            "pes|kočka|dům|strom|pták|loď|klíč|jablko|auto|květina|okno|kůň|ryba|most|židle|chléb|slunce|měsíc|kniha"
            "|ulice|děti|hora|kostel|motýl"
        ),
        "na zahradě|na stole|a míč|s rámem|pro děti|u moře|v noci|před domem",
    ),
    "hu": (
        "egy kis|a régi|a piros|egy szép|a nagy|két|három",
        (
            "kutya|macska|ház|madár|hajó|kulcs|alma|autó|virág|ablak|ló|híd|szék|kenyér|nap|hold|könyv|utca|gyerekek"
            "|hegy|templom|pillangó"
        ),
        "a kertben|az asztalon|és egy labda|kerettel|gyerekeknek|a tengerparton|éjjel|a ház előtt",
    ),
    "ro": (
        "un mic|bătrânul|o frumoasă|marele|doi|trei",
        (
            "câine|pisică|casă|copac|pasăre|corabie|cheie|măr|mașină|floare|fereastră|cal|pește|pod|scaun|pâine|soare|lună"
            "|carte|stradă|copii|munte|biserică|fluture"
        ),
        "în grădină|pe masă|și o minge|cu ramă|pentru copii|la mare|noaptea|în fața casei",
    ),
    "hr": (
        "mali|stari|crveni|lijepi|veliki|dva|tri",
        (
            "pas|mačka|kuća|stablo|ptica|brod|ključ|jabuka|auto|cvijet|prozor|konj|riba|most|stolica|kruh|sunce|mjesec"
            "|knjiga|ulica|djeca|planina|crkva|leptir"
        ),
        "u vrtu|na stolu|i lopta|s okvirom|za djecu|uz more|po noći|ispred kuće",
    ),
    "tr": (
        "küçük bir|eski|kırmızı|güzel bir|büyük|iki|üç",
        (
            "köpek|kedi|ev|ağaç|kuş|gemi|anahtar|elma|araba|çiçek|pencere|at|balık|köprü|sandalye|ekmek|güneş|ay|kitap"
            "|sokak|çocuklar|dağ|cami|kelebek"
        ),
        "bahçede|masanın üstünde|ve bir top|çerçeveli|çocuklar için|deniz kenarında|gece|evin önünde",
    ),
    "id": (
        "seekor|sebuah|dua|tiga|yang besar|yang merah",
        (
            "anjing|kucing|rumah|pohon|burung|kapal|kunci|apel|mobil|bunga|jendela|kuda|ikan|jembatan|kursi|roti|matahari"
            "|bulan|buku|jalan|anak-anak|gunung|gereja|kupu-kupu"
        ),
        "di kebun|di atas meja|dan bola|untuk anak|di tepi laut|di malam hari|di depan rumah",
    ),
    "vi": (
        "một con|ngôi|chiếc|hai|ba|con",
        (
            "chó|mèo|nhà|cây|chim|tàu|chìa khóa|táo|xe hơi|hoa|cửa sổ|ngựa|cá|cầu|ghế|bánh mì|mặt trời|mặt trăng|sách"
            "|đường phố|trẻ em|núi|nhà thờ|bướm"
        ),
        "trong vườn|trên bàn|và quả bóng|cho trẻ em|bên bờ biển|ban đêm|trước nhà",
    ),
    "ca": (
        "un petit|el vell|la gran|una bonica|els|dos|tres",
        (
            "gos|gat|casa|arbre|ocell|vaixell|clau|poma|cotxe|flor|finestra|cavall|peix|pont|cadira|pa|sol|lluna|llibre"
            "|carrer|nens|muntanya|església|papallona"
        ),
        "al jardí|sobre la taula|i una pilota|amb marc|per a nens|vora el mar|de nit|davant de la casa",
    ),
    "et": (
        "väike|vana|punane|ilus|suur|kaks|kolm",
        (
            "koer|kass|maja|puu|lind|laev|võti|õun|auto|lill|aken|hobune|kala|sild|tool|leib|päike|kuu|raamat|tänav"
            "|lapsed|mägi|kirik|liblikas"
        ),
        "aias|laual|ja pall|raamiga|lastele|mere ääres|öösel|maja ees",
    ),
    "lt": (
        "mažas|senas|raudonas|gražus|didelis|du|trys",
        (
            "šuo|katė|namas|medis|paukštis|laivas|raktas|obuolys|automobilis|gėlė|langas|arklys|žuvis|tiltas|kėdė|duona"
            "|saulė|mėnulis|knyga|gatvė|vaikai|kalnas|bažnyčia|drugelis"
        ),
        "sode|ant stalo|ir kamuolys|su rėmu|vaikams|prie jūros|naktį|prieš namą",
    ),
    "sl": (
        "majhen|star|rdeč|lep|velik|dva|trije",
        (
            "pes|mačka|hiša|drevo|ptica|ladja|ključ|jabolko|avto|cvet|okno|konj|riba|most|stol|kruh|sonce|luna|knjiga"
            "|ulica|otroci|gora|cerkev|metulj"
        ),
        "na vrtu|na mizi|in žoga|z okvirjem|za otroke|ob morju|ponoči|pred hišo",
    ),
    "sq": (
        "një i vogël|plaku|e kuqe|një e bukur|i madh|dy|tre",
        (
            "qen|mace|shtëpi|pemë|zog|anije|çelës|mollë|makinë|lule|dritare|kalë|peshk|urë|karrige|bukë|diell|hënë|libër"
            "|rrugë|fëmijë|mal|kishë|flutur"
        ),
        "në kopsht|mbi tryezë|dhe një top|me kornizë|për fëmijë|buzë detit|natën|para shtëpisë",
    ),
}
_THING_ALONE = 0.35  # of the captions are one thing alone: the hardest case for telling the language


def caption(rng: random.Random) -> str:
    """A caption in one of the languages: a thing, an opening and a thing, or both and a place."""
    openings, things, places = (part.split("|") for part in _WORDS[rng.choice(sorted(_WORDS))])
    thing = rng.choice(things)
    words = [rng.choice(openings), thing, rng.choice(places)]
    luck = rng.random()
    shown = thing if luck < _THING_ALONE else " ".join(words if luck < 0.8 else words[:2])
    shown = shown[:1].upper() + shown[1:] if rng.random() < 0.6 else shown
    return shown + "." if luck > 0.9 else shown
