# ruff: noqa: E501 (tables of lines)
"""The head of a text judged as a whole, what is told of authors below it, and what only looks like either."""

import pytest

from transforms.clean import clean_text
from transforms.clean.headblock import names_button
from transforms.clean.text import normal_lines

STORIES = {
    "en": [
        "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away.",
        "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million.",
        "The old bridge stood for two hundred years and will be missed by many in the town.",
    ],
    "fr": [
        "Le conseil de Valmont a voté vendredi la reconstruction du pont de pierre que la crue de l'hiver dernier avait emporté.",
        "Les travaux commenceront en juin et dureront deux ans, selon la maire, qui chiffre le coût à quatre millions.",
        "Le vieux pont avait tenu deux cents ans.",
    ],
    "de": [
        "Der Gemeinderat von Harlau hat am Freitag beschlossen, die steinerne Brücke wieder aufzubauen, die das Hochwasser mitgerissen hatte.",
        "Die Arbeiten beginnen im Juni und dauern nach Angaben der Bürgermeisterin zwei Jahre; sie kosten vier Millionen.",
        "Die alte Brücke stand zweihundert Jahre.",
    ],
    "es": [
        "El ayuntamiento de Villar votó el viernes la reconstrucción del puente de piedra que se llevó la riada del invierno pasado.",
        "Las obras empezarán en junio y durarán dos años, según la alcaldesa, que cifra el coste en cuatro millones.",
        "El viejo puente duró doscientos años.",
    ],
    "it": [
        "Il consiglio di Valbruna ha votato venerdì la ricostruzione del ponte di pietra portato via dalla piena dello scorso inverno.",
        "I lavori cominceranno a giugno e dureranno due anni, secondo la sindaca, che stima il costo in quattro milioni.",
        "Il vecchio ponte aveva retto duecento anni.",
    ],
    "pt": [
        "A câmara de Vilar votou na sexta-feira a reconstrução da ponte de pedra que a cheia do inverno passado levou.",
        "As obras começam em junho e devem durar dois anos, segundo a prefeita, que estima o custo em quatro milhões.",
        "A velha ponte durou duzentos anos.",
    ],
    "nl": [
        "De raad van Harlo heeft vrijdag besloten de stenen brug te herbouwen die het hoogwater van afgelopen winter meesleurde.",
        "Het werk begint in juni en duurt volgens de burgemeester twee jaar; de kosten zijn vier miljoen euro.",
        "De oude brug stond er tweehonderd jaar.",
    ],
    "sv": [
        "Kommunen i Harby beslutade på fredagen att bygga upp den stenbro som förra vinterns översvämning förde med sig.",
        "Arbetet börjar i juni och tar enligt borgmästaren två år; kostnaden uppskattas till fyra miljoner kronor.",
        "Den gamla bron stod i tvåhundra år.",
    ],
    "fi": [
        "Harlan kunnanvaltuusto päätti perjantaina rakentaa uudelleen kivisillan, jonka viime talven tulva vei mennessään.",
        "Työt alkavat kesäkuussa ja kestävät kaksi vuotta, kertoo kunnanjohtaja, joka arvioi hinnaksi neljä miljoonaa.",
        "Vanha silta seisoi kaksisataa vuotta.",
    ],
    "pl": [
        "Rada Harlowa zdecydowała w piątek o odbudowie kamiennego mostu, który zabrała powódź ubiegłej zimy.",
        "Prace zaczną się w czerwcu i potrwają dwa lata, mówi burmistrz, która szacuje koszt na cztery miliony.",
        "Stary most stał dwieście lat.",
    ],
    "cs": [
        "Zastupitelstvo Harlova v pátek rozhodlo o obnově kamenného mostu, který vzala povodeň loňské zimy.",
        "Práce začnou v červnu a potrvají dva roky, říká starostka, podle níž budou stát čtyři miliony korun.",
        "Starý most stál dvě stě let.",
    ],
    "ru": [
        "Совет Харлова в пятницу решил восстановить каменный мост, который унесло паводком прошлой зимой.",
        "Работы начнутся в июне и продлятся два года, говорит мэр, которая оценивает их в четыре миллиона.",
        "Старый мост стоял двести лет.",
    ],
    "tr": [
        "Harlova belediye meclisi cuma günü geçen kış selin götürdüğü taş köprünün yeniden yapılmasına karar verdi.",
        "Çalışmalar haziranda başlayacak ve başkana göre iki yıl sürecek; maliyet dört milyon lira olacak.",
        "Eski köprü iki yüz yıl ayakta kaldı.",
    ],
    "ar": [
        "قرر مجلس بلدة هارلو يوم الجمعة إعادة بناء الجسر الحجري الذي جرفته فيضانات الشتاء الماضي بعد جلسة طويلة.",
        "وتبدأ الأعمال في يونيو وتستمر عامين بحسب رئيسة البلدية التي قدرت الكلفة بأربعة ملايين.",
        "وكان الجسر القديم قد صمد مئتي عام.",
    ],
    "hi": [
        "हार्लो नगर परिषद ने शुक्रवार को उस पत्थर के पुल को फिर से बनाने का फैसला किया जिसे पिछली सर्दियों की बाढ़ बहा ले गई थी।",
        "काम जून में शुरू होगा और दो साल चलेगा, ऐसा महापौर ने बताया, जिन्होंने लागत चार करोड़ आंकी।",
        "पुराना पुल दो सौ साल तक खड़ा रहा।",
    ],
    "bn": [
        "হারলো পৌরসভা শুক্রবার সেই পাথরের সেতু আবার তৈরির সিদ্ধান্ত নিয়েছে, যা গত শীতের বন্যায় ভেসে গিয়েছিল।",
        "কাজ জুনে শুরু হবে এবং দুই বছর চলবে বলে জানিয়েছেন মেয়র, যিনি খরচ ধরেছেন চার কোটি।",
        "পুরোনো সেতুটি দুশো বছর টিকে ছিল।",
    ],
    "ja": [
        "ハーロウ町議会は金曜日、昨冬の洪水で流された石橋を再建することを賛成多数で決めた。工事は六月に始まる。",
        "町長によると工期は二年で、費用は四百万円を見込む。住民からは早期の完成を望む声が上がっている。",
        "古い橋は二百年の間、町の人々に親しまれてきた。",
    ],
    "ko": [
        "할로 시의회는 금요일 지난겨울 홍수에 떠내려간 돌다리를 다시 짓기로 의결했다. 공사는 6월에 시작된다.",
        "시장에 따르면 공사 기간은 2년이며 비용은 400만 원으로 추산된다. 주민들은 반기고 있다.",
        "옛 다리는 200년 동안 서 있었다.",
    ],
    "zh": [
        "哈洛镇议会周五决定重建去年冬天被洪水冲走的石桥，工程将于六月开始，预计工期两年，费用约四百万元。",
        "镇长表示，新桥将沿用旧桥的样式，石料取自附近的采石场，居民们对此表示欢迎和期待。",
        "旧桥屹立了两百年。",
    ],
    "id": [
        "Dewan kota Harlo pada Jumat memutuskan membangun kembali jembatan batu yang hanyut oleh banjir musim lalu.",
        "Pekerjaan dimulai pada Juni dan berlangsung dua tahun, kata wali kota, yang menaksir biaya empat miliar.",
        "Jembatan lama bertahan dua ratus tahun.",
    ],
    "vi": [
        "Hội đồng thị trấn Harlo hôm thứ sáu quyết định xây lại cây cầu đá bị lũ mùa đông năm ngoái cuốn trôi.",
        "Công việc bắt đầu vào tháng sáu và kéo dài hai năm, theo thị trưởng, người ước tính chi phí bốn tỷ đồng.",
        "Cây cầu cũ đứng vững hai trăm năm.",
    ],
    "hu": [
        "A harlói önkormányzat pénteken úgy döntött, hogy újjáépíti a kőhidat, amelyet a múlt téli árvíz elsodort.",
        "A munka júniusban kezdődik és két évig tart a polgármester szerint, aki négymillióra becsüli a költséget.",
        "A régi híd kétszáz évig állt.",
    ],
    "el": [
        "Το δημοτικό συμβούλιο του Χάρλοου αποφάσισε την Παρασκευή να ξαναχτίσει το πέτρινο γεφύρι που πήρε η πλημμύρα.",
        "Οι εργασίες αρχίζουν τον Ιούνιο και θα διαρκέσουν δύο χρόνια, λέει η δήμαρχος, που υπολογίζει το κόστος.",
        "Το παλιό γεφύρι στάθηκε διακόσια χρόνια.",
    ],
    "he": [
        "מועצת העיר הרלו החליטה ביום שישי לבנות מחדש את גשר האבן שנסחף בשיטפון של החורף שעבר לאחר דיון ארוך.",
        "העבודות יתחילו ביוני ויימשכו שנתיים, לדברי ראשת העיר, שמעריכה את העלות בארבעה מיליון שקל.",
        "הגשר הישן עמד מאתיים שנה.",
    ],
    "fa": [
        "شورای شهر هارلو روز جمعه تصمیم گرفت پل سنگی را که سیل زمستان گذشته برده بود دوباره بسازد و بودجه‌اش را تصویب کرد.",
        "کار در ژوئن آغاز می‌شود و به گفته شهردار دو سال طول می‌کشد و هزینه آن چهار میلیون برآورد شده است.",
        "پل قدیمی دویست سال ایستاده بود.",
    ],
    "ro": [
        "Consiliul din Harlova a decis vineri să reconstruiască podul de piatră pe care l-a luat inundația de iarna trecută.",
        "Lucrările încep în iunie și durează doi ani, spune primărița, care estimează costul la patru milioane.",
        "Podul vechi a stat două sute de ani.",
    ],
    "da": [
        "Kommunen i Harby besluttede fredag at genopbygge den stenbro, som oversvømmelsen sidste vinter tog med sig.",
        "Arbejdet begynder i juni og tager to år, siger borgmesteren, der anslår prisen til fire millioner kroner.",
        "Den gamle bro stod i to hundrede år.",
    ],
    "th": [
        "สภาเมืองฮาร์โลมีมติเมื่อวันศุกร์ให้สร้างสะพานหินที่ถูกน้ำท่วมพัดพาไปเมื่อฤดูหนาวที่แล้วขึ้นใหม่ โดยใช้งบประมาณสี่ล้านบาท",
        "งานจะเริ่มในเดือนมิถุนายนและใช้เวลาสองปี ตามที่นายกเทศมนตรีกล่าวกับผู้สื่อข่าวหลังการประชุมที่ยาวนาน",
    ],
}

# Language, lines of the head, title, authors, those of the lines that stay.
HEADS: list[tuple[str, list[str], str | None, list[str], list[str]]] = [
    (
        "en",
        [
            "Politics",
            "Bridge lost in flood will rise again, council says",
            "Share full article",
            "187",
            "By Anna Sample",
            "Anna Sample reported from Harlow.",
            "May 3, 2024",
        ],
        "Bridge lost in flood will rise again, council says",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        [
            "Bridge lost in flood will rise again. But who pays?",
            "Residents hope for a quick start to the work",
            "Anna Sample in Harlow",
            "Fri 3 May 2024 14.32 BST",
            "Share",
        ],
        "Bridge lost in flood will rise again. But who pays?",
        ["Anna Sample"],
        ["Residents hope for a quick start to the work"],
    ),
    (
        "en",
        [
            "Bridge lost in flood to be rebuilt",
            "3 hours ago",
            "Share",
            "Save",
            "Anna Sample",
            "Business reporter, BBC News",
            "Reporting from",
            "Harlow",
            "Getty Images",
        ],
        "Bridge lost in flood to be rebuilt",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        ["Bridge lost in flood to be rebuilt", "3 May 2024", "Anna Sample & Bob Test", "BBC News, Harlow"],
        "Bridge lost in flood to be rebuilt",
        ["Anna Sample", "Bob Test"],
        [],
    ),
    (
        "en",
        [
            "Local News",
            "Bridge lost in flood to be rebuilt",
            "by: Anna Sample",
            "Posted: May 3, 2024 / 02:32 PM EDT",
            "Updated: May 3, 2024 / 03:10 PM EDT",
        ],
        "Bridge lost in flood to be rebuilt",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        [
            "Opinion",
            "Why the bridge matters",
            "Anna Sample",
            "Columnist",
            "3 May 2024 — 5:00am",
            "Save",
            "Share",
            "A",
            "A",
            "A",
        ],
        "Why the bridge matters",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        ["The bridge that nobody wanted back", "By", "Anna Sample", "May 3, 2024 2:32 pm"],
        "The bridge that nobody wanted back",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        ["The bridge that nobody wanted back", "Written by", "Anna Sample, Contributor", "May 3, 2024, 2:32 p.m."],
        "The bridge that nobody wanted back",
        ["Anna Sample"],
        [],
    ),
    (
        "de",
        [
            "Kommunalpolitik",
            "Die Brücke kommt wieder. Wer zahlt?",
            "Von",
            "Anna Beispiel",
            "03.05.2024, 14:32 Uhr",
            "Lesezeit: 3 Min.",
        ],
        "Die Brücke kommt wieder. Wer zahlt?",
        ["Anna Beispiel"],
        [],
    ),
    (
        "de",
        [
            "Stadtrat beschließt Wiederaufbau der Brücke",
            "Stand: 03.05.2024 14:32 Uhr",
            "Anna Beispiel",
            "Redakteurin Landespolitik",
            "Merken",
            "Vorlesen",
        ],
        "Stadtrat beschließt Wiederaufbau der Brücke",
        ["Anna Beispiel"],
        [],
    ),
    (
        "de",
        [
            "Harlau",
            "Stadtrat beschließt Wiederaufbau der Brücke",
            "03. Mai 2024",
            "Anna Beispiel",
            "Freie Mitarbeiterin",
            "Auf Facebook teilen",
            "0",
        ],
        "Stadtrat beschließt Wiederaufbau der Brücke",
        ["Anna Beispiel"],
        [],
    ),
    (
        "fr",
        [
            "International",
            "Le pont de pierre sera reconstruit",
            "Par Anna Exemple (Valmont, envoyée spéciale)",
            "Publié le 03 mai 2024 à 14h32",
            "Temps de Lecture 3 min.",
            "Offrir l'article",
            "Lire plus tard",
            "Partager",
        ],
        "Le pont de pierre sera reconstruit",
        ["Anna Exemple"],
        [],
    ),
    (
        "fr",
        [
            "Le pont de pierre sera reconstruit. Et le moulin ?",
            "Anna Exemple",
            "Journaliste",
            "03 mai 2024 à 14:32",
            "Copier le lien",
            "00:00/02:31",
        ],
        "Le pont de pierre sera reconstruit. Et le moulin ?",
        ["Anna Exemple"],
        [],
    ),
    (
        "fr",
        [
            "ACTUALITÉ",
            "Le pont de pierre sera reconstruit",
            "Anna Exemple",
            "Publié le 3 mai 2024, mis à jour le 4 mai 2024",
            "2 min",
        ],
        "Le pont de pierre sera reconstruit",
        ["Anna Exemple"],
        [],
    ),
    (
        "es",
        [
            "LOCAL",
            "El puente de piedra volverá. ¿Quién lo paga?",
            "Ana Ejemplo",
            "Villar",
            "03/05/2024 14:32",
            "Actualizado a 03/05/2024 15:10",
        ],
        "El puente de piedra volverá. ¿Quién lo paga?",
        ["Ana Ejemplo"],
        [],
    ),
    (
        "es",
        [
            "El puente de piedra volverá a levantarse",
            "Ana Ejemplo",
            "Redactora",
            "3 may. 2024 - 14:32",
            "Guardar",
            "Comentar",
        ],
        "El puente de piedra volverá a levantarse",
        ["Ana Ejemplo"],
        [],
    ),
    ("es", ["Por", "Ana Ejemplo Prueba", "03 May, 2024 02:32 p.m. EST"], None, ["Ana Ejemplo Prueba"], []),
    (
        "it",
        [
            "Cronaca",
            "Il ponte di pietra tornerà. Chi paga?",
            "di Anna Esempio",
            "03 Maggio 2024 alle 14:32",
            "2 minuti di lettura",
        ],
        "Il ponte di pietra tornerà. Chi paga?",
        ["Anna Esempio"],
        [],
    ),
    (
        "it",
        [
            "Il ponte di pietra tornerà nel 2026",
            "Anna Esempio",
            "Giornalista",
            "3 maggio 2024",
            "Ascolta l'articolo",
            "Salva",
        ],
        "Il ponte di pietra tornerà nel 2026",
        ["Anna Esempio"],
        [],
    ),
    (
        "pt",
        [
            "COTIDIANO",
            "Ponte de pedra será reconstruída",
            "3.mai.2024 às 14h32",
            "Diminuir fonte",
            "Aumentar fonte",
            "Ouvir o texto",
            "Ana Exemplo",
            "São Paulo",
        ],
        "Ponte de pedra será reconstruída",
        ["Ana Exemplo"],
        [],
    ),
    (
        "pt",
        [
            "Ponte de pedra será reconstruída. Quem paga?",
            "Ana Exemplo",
            "Jornalista",
            "03/05/2024 14:32",
            "Compartilhar",
            "Ler mais tarde",
        ],
        "Ponte de pedra será reconstruída. Quem paga?",
        ["Ana Exemplo"],
        [],
    ),
    (
        "nl",
        ["Binnenland", "Stenen brug komt terug", "Anna Voorbeeld", "3 mei 2024", "Leestijd 3 minuten", "Leeslijst"],
        "Stenen brug komt terug",
        ["Anna Voorbeeld"],
        [],
    ),
    (
        "nl",
        [
            "Stenen brug komt terug, maar wie betaalt?",
            "Anna Voorbeeld",
            "verslaggever",
            "Vandaag, 14:32",
            "Gisteren, 09:10",
        ],
        "Stenen brug komt terug, maar wie betaalt?",
        ["Anna Voorbeeld"],
        [],
    ),
    (
        "sv",
        [
            "Stenbron ska byggas upp igen. Men vem betalar?",
            "Anna Exempel",
            "Text",
            "Bo Prov",
            "Foto",
            "Publicerad 2024-05-03 14.32",
        ],
        "Stenbron ska byggas upp igen. Men vem betalar?",
        ["Anna Exempel"],
        [],
    ),
    (
        "sv",
        [
            "Inrikes",
            "Stenbron ska byggas upp igen",
            "Anna Exempel",
            "Reporter",
            "anna.exempel@harbynytt.example",
            "3 maj 2024 14:32",
            "Dela",
        ],
        "Stenbron ska byggas upp igen",
        ["Anna Exempel"],
        [],
    ),
    (
        "da",
        [
            "Stenbroen skal genopbygges. Men hvem betaler?",
            "Anna Eksempel",
            "Journalist",
            "3. maj 2024 kl. 14.32",
            "Gem",
            "Del artiklen",
        ],
        "Stenbroen skal genopbygges. Men hvem betaler?",
        ["Anna Eksempel"],
        [],
    ),
    (
        "fi",
        [
            "Kotimaa",
            "Kivisilta rakennetaan uudelleen. Kuka maksaa?",
            "Anna Esimerkki",
            "toimittaja",
            "3.5.2024 14:32",
            "Päivitetty 3.5.2024 15:10",
            "Kuuntele",
        ],
        "Kivisilta rakennetaan uudelleen. Kuka maksaa?",
        ["Anna Esimerkki"],
        [],
    ),
    (
        "pl",
        [
            "Kraj",
            "Most wróci. Kto zapłaci?",
            "Anna Przykład",
            "Dziennikarka działu Kraj",
            "Data utworzenia: 3 maja 2024, 14:32",
            "Skopiuj link",
            "Posłuchaj artykułu",
        ],
        "Most wróci. Kto zapłaci?",
        ["Anna Przykład"],
        [],
    ),
    (
        "cs",
        [
            "Domácí",
            "Most se vrátí. Kdo ho zaplatí?",
            "Anna Příkladová",
            "redaktorka",
            "3. května 2024 14:32",
            "Sdílet",
            "Uložit",
        ],
        "Most se vrátí. Kdo ho zaplatí?",
        ["Anna Příkladová"],
        [],
    ),
    (
        "ru",
        [
            "14:32, 3 мая 2024",
            "Общество",
            "Каменный мост восстановят. Кто заплатит?",
            "Анна Примерова",
            "Корреспондент отдела «Общество»",
            "Поделиться",
        ],
        "Каменный мост восстановят. Кто заплатит?",
        ["Анна Примерова"],
        [],
    ),
    (
        "ru",
        ["Каменный мост восстановят к 2026 году", "Анна Примерова", "03.05.2024", "1204", "0"],
        "Каменный мост восстановят к 2026 году",
        ["Анна Примерова"],
        [],
    ),
    (
        "tr",
        [
            "Gündem",
            "Taş köprü yeniden yapılacak. Parayı kim verecek?",
            "Ayşe Örnek",
            "Muhabir",
            "Giriş: 03.05.2024 - 14:32",
            "Güncelleme: 03.05.2024 - 15:10",
            "Yazı Boyutu",
        ],
        "Taş köprü yeniden yapılacak. Parayı kim verecek?",
        ["Ayşe Örnek"],
        [],
    ),
    (
        "ar",
        ["محليات", "إعادة بناء جسر هارلو الحجري بعد الفيضان", "أحمد خليل", "هارلو", "3 مايو 2024", "مشاركة", "حفظ"],
        "إعادة بناء جسر هارلو الحجري بعد الفيضان",
        ["أحمد خليل"],
        [],
    ),
    (
        "ar",
        ["إعادة بناء جسر هارلو الحجري بعد الفيضان", "سارة محمود", "مراسلة", "نُشر في 3 مايو 2024", "استمع للمقال"],
        "إعادة بناء جسر هارلو الحجري بعد الفيضان",
        ["سارة محمود"],
        [],
    ),
    (
        "hi",
        ["हार्लो का पत्थर का पुल फिर से बनेगा, खर्च कौन देगा", "अमित शर्मा", "संवाददाता", "3 मई 2024", "शेयर करें"],
        "हार्लो का पत्थर का पुल फिर से बनेगा, खर्च कौन देगा",
        ["अमित शर्मा"],
        [],
    ),
    (
        "bn",
        ["সারাদেশ", "হারলোর পাথরের সেতু আবার তৈরি হবে", "রহিম চৌধুরী", "হারলো", "প্রকাশ: ০৩ মে ২০২৪, ১৪: ৩২", "শেয়ার করুন"],
        "হারলোর পাথরের সেতু আবার তৈরি হবে",
        ["রহিম চৌধুরী"],
        [],
    ),
    (
        "ja",
        [
            "社会",
            "流された石橋を再建へ 町議会が可決",
            "見本花子",
            "2024年5月3日 14時32分",
            "有料記事",
            "シェア",
            "印刷",
        ],
        "流された石橋を再建へ 町議会が可決",
        ["見本花子"],
        [],
    ),
    (
        "ko",
        [
            "사회",
            "떠내려간 돌다리, 다시 짓는다",
            "김보기 기자",
            "입력 2024.05.03 14:32",
            "수정 2024.05.03 15:10",
            "글자크기 조절",
            "공유",
        ],
        "떠내려간 돌다리, 다시 짓는다",
        ["김보기"],
        [],
    ),
    (
        "zh",
        ["哈洛石桥将重建 预计两年完工", "2024年05月03日 14:32", "来源：哈洛日报", "字体：大 中 小", "分享到"],
        "哈洛石桥将重建 预计两年完工",
        [],
        [],
    ),
    (
        "zh",
        ["地方", "石橋將重建 居民：終於等到了", "記者 李樣本", "2024-05-03 14:32", "字級", "分享"],
        "石橋將重建 居民：終於等到了",
        ["李樣本"],
        [],
    ),
    (
        "id",
        [
            "Jembatan Batu Harlo Akan Dibangun Kembali",
            "Reporter",
            "Budi Contoh",
            "Editor",
            "Siti Uji",
            "3 Mei 2024 | 14.32 WIB",
        ],
        "Jembatan Batu Harlo Akan Dibangun Kembali",
        ["Budi Contoh"],
        [],
    ),
    (
        "id",
        [
            "Jembatan Batu Harlo Akan Dibangun Kembali",
            "Budi Contoh - Harlo News",
            "Jumat, 03 Mei 2024 14:32 WIB",
            "Share",
            "Komentar",
            "Salin link",
        ],
        "Jembatan Batu Harlo Akan Dibangun Kembali",
        ["Budi Contoh"],
        [],
    ),
    (
        "vi",
        ["Thời sự", "Thứ sáu, 3/5/2024, 14:32 (GMT+7)", "Cầu đá Harlo sẽ được xây lại", "Nguyễn Mẫu", "Chia sẻ", "Lưu"],
        "Cầu đá Harlo sẽ được xây lại",
        ["Nguyễn Mẫu"],
        [],
    ),
    (
        "hu",
        ["Belföld", "Újjáépül a híd. De ki fizeti?", "Példa Anna", "újságíró", "2024. május 3. 14:32", "Megosztás"],
        "Újjáépül a híd. De ki fizeti?",
        ["Példa Anna"],
        [],
    ),
    (
        "el",
        [
            "Τοπικά",
            "Ξαναχτίζεται το πέτρινο γεφύρι του Χάρλοου",
            "Άννα Παραδείγματος",
            "03.05.2024 • 14:32",
            "Κοινοποίηση",
        ],
        "Ξαναχτίζεται το πέτρινο γεφύρι του Χάρλοου",
        ["Άννα Παραδείγματος"],
        [],
    ),
    (
        "he",
        ["חדשות", "גשר האבן של הרלו ייבנה מחדש אחרי השיטפון", "נועה כהן", "3 במאי 2024, 14:32", "שתפו", "הגיבו"],
        "גשר האבן של הרלו ייבנה מחדש אחרי השיטפון",
        ["נועה כהן"],
        [],
    ),
    (
        "fa",
        [
            "جامعه",
            "پل سنگی هارلو دوباره ساخته می‌شود",
            "سارا محمدی",
            "خبرنگار",
            "۱۴ اردیبهشت ۱۴۰۳ - ۱۴:۳۲",
            "اشتراک‌گذاری",
        ],
        "پل سنگی هارلو دوباره ساخته می‌شود",
        ["سارا محمدی"],
        [],
    ),
    (
        "ro",
        [
            "Social",
            "Podul de piatră va fi refăcut. Cine plătește?",
            "Ana Exemplu",
            "jurnalist",
            "03 mai 2024, 14:32",
            "Distribuie",
        ],
        "Podul de piatră va fi refăcut. Cine plătește?",
        ["Ana Exemplu"],
        [],
    ),
    (
        "th",
        ["สังคม", "ฮาร์โลเตรียมสร้างสะพานหินใหม่หลังน้ำท่วม", "3 พ.ค. 2567 14:32 น.", "แชร์"],
        "ฮาร์โลเตรียมสร้างสะพานหินใหม่หลังน้ำท่วม",
        [],
        [],
    ),
    (
        "en",
        [
            "EXCLUSIVE",
            "Bridge lost in flood to be rebuilt",
            "Anna Sample, Chief Reporter",
            "Published: 14:32, 3 May 2024",
            "Updated: 15:10, 3 May 2024",
            "Join the conversation",
        ],
        "Bridge lost in flood to be rebuilt",
        ["Anna Sample"],
        [],
    ),
    (
        "en",
        [
            "Premier League",
            "Town beat United with a goal in the last minute",
            "Anna Sample",
            "at Mill Lane",
            "Sat 3 May 2024 17.05 BST",
            "Share",
        ],
        "Town beat United with a goal in the last minute",
        ["Anna Sample"],
        [],
    ),
    (
        "de",
        [
            "+++ Hochwasser +++",
            "Brücke kommt wieder. Rat stimmt zu",
            "Anna Beispiel",
            "Harlau",
            "3.5.2024",
            "Lesedauer: 3 Min",
            "Merkliste",
        ],
        "Brücke kommt wieder. Rat stimmt zu",
        ["Anna Beispiel"],
        [],
    ),
    (
        "de",
        ["Brücke kommt wieder. Rat stimmt zu", "Text", "Anna Beispiel", "Fotos", "Bernd Muster", "3. Mai 2024"],
        "Brücke kommt wieder. Rat stimmt zu",
        ["Anna Beispiel"],
        [],
    ),
    (
        "es",
        ["El puente volverá a levantarse. El pleno lo aprueba", "AUTOR", "Ana Ejemplo", "3 de mayo de 2024"],
        "El puente volverá a levantarse. El pleno lo aprueba",
        ["Ana Ejemplo"],
        [],
    ),
    (
        "it",
        [
            "CRONACA",
            "Il ponte tornerà. Il consiglio vota sì",
            "Redazione",
            "03 maggio 2024 14:32",
            "Condividi",
            "Stampa",
        ],
        "Il ponte tornerà. Il consiglio vota sì",
        [],
        [],
    ),
    (
        "pt",
        [
            "Portugal",
            "Ponte de pedra será reconstruída. Câmara aprova",
            "Ana Exemplo",
            "Texto",
            "Rui Teste",
            "Fotografia",
            "3 de maio de 2024, 14:32",
            "Partilhar",
        ],
        "Ponte de pedra será reconstruída. Câmara aprova",
        ["Ana Exemplo"],
        [],
    ),
    (
        "sv",
        ["Lokalt", "Harby", "Stenbron ska byggas upp igen", "Anna Exempel", "Harby", "3 maj 2024 kl 14:32", "Dela"],
        "Stenbron ska byggas upp igen",
        ["Anna Exempel"],
        [],
    ),
    (
        "fi",
        ["Kivisilta rakennetaan. Valtuusto päätti asiasta", "Anna Esimerkki", "STT", "3.5. 14:32", "Jaa"],
        "Kivisilta rakennetaan. Valtuusto päätti asiasta",
        ["Anna Esimerkki"],
        [],
    ),
    (
        "pl",
        ["Most wróci. Rada jest za", "Autor:", "Anna Przykład", "3 maja 2024, 14:32", "Czas czytania: 2 min"],
        "Most wróci. Rada jest za",
        ["Anna Przykład"],
        [],
    ),
    (
        "ko",
        ["떠내려간 돌다리, 다시 짓는다", "기자명", "김보기 기자", "승인 2024.05.03 14:32", "댓글 0", "SNS 기사보내기"],
        "떠내려간 돌다리, 다시 짓는다",
        ["김보기"],
        [],
    ),
    (
        "ja",
        [
            "トップ",
            "社会",
            "流された石橋を再建へ 町議会が可決",
            "2024年5月3日 14:32",
            "見本花子",
            "文字サイズ",
            "小",
            "中",
            "大",
        ],
        "流された石橋を再建へ 町議会が可決",
        ["見本花子"],
        [],
    ),
    (
        "he",
        ["גשר האבן של הרלו ייבנה מחדש אחרי השיטפון", "מאת", "נועה כהן", "3 במאי 2024", "תגובות"],
        "גשר האבן של הרלו ייבנה מחדש אחרי השיטפון",
        ["נועה כהן"],
        [],
    ),
    (
        "vi",
        [
            "Cầu đá Harlo sẽ được xây lại. Ai trả tiền?",
            "Tác giả",
            "Nguyễn Văn Mẫu",
            "3/5/2024 14:32",
            "Theo dõi",
            "Bình luận",
        ],
        "Cầu đá Harlo sẽ được xây lại. Ai trả tiền?",
        ["Nguyễn Văn Mẫu"],
        [],
    ),
    (
        "en",
        ["Bridge lost in flood to be rebuilt", "3 May 2024", "Save Story", "Story Saved", "Share"],
        "Bridge lost in flood to be rebuilt",
        [],
        [],
    ),
    (
        "en",
        ["Bridge lost in flood to be rebuilt", "Harlow Courier", "3 May 2024", "Top Stories", "Watch Live"],
        "Bridge lost in flood to be rebuilt",
        [],
        [],
    ),
    (
        "en",
        [
            "Business",
            "Bridge lost in flood to be rebuilt",
            "By Anna Sample",
            "3 May 2024",
            "Breaking News",
            "Follow Us",
            "Read More",
        ],
        "Bridge lost in flood to be rebuilt",
        ["Anna Sample"],
        [],
    ),
    (
        "fr",
        ["Le pont sera reconstruit en deux ans", "Publié le 3 mai 2024", "Ma Liste", "Mes Alertes", "Partager"],
        "Le pont sera reconstruit en deux ans",
        [],
        [],
    ),
    (
        "de",
        ["Brücke kommt wieder: Rat stimmt zu", "3. Mai 2024", "Artikel Merken", "Zur Startseite", "Jetzt Abonnieren"],
        "Brücke kommt wieder: Rat stimmt zu",
        [],
        [],
    ),
    (
        "es",
        [
            "El puente volverá a levantarse en dos años",
            "3 de mayo de 2024",
            "Últimas Noticias",
            "Guardar Noticia",
            "Escuchar Noticia",
        ],
        "El puente volverá a levantarse en dos años",
        [],
        [],
    ),
    (
        "hi",
        ["हार्लो का पत्थर का पुल फिर से बनेगा, खर्च कौन देगा", "3 मई 2024", "फॉलो करें", "ऐप खोलें"],
        "हार्लो का पत्थर का पुल फिर से बनेगा, खर्च कौन देगा",
        [],
        [],
    ),
    (
        "ar",
        ["إعادة بناء جسر هارلو الحجري بعد الفيضان", "3 مايو 2024", "حجم الخط", "تابعونا على"],
        "إعادة بناء جسر هارلو الحجري بعد الفيضان",
        [],
        [],
    ),
    (
        "fa",
        ["پل سنگی هارلو دوباره ساخته می‌شود", "۱۴ اردیبهشت ۱۴۰۳", "اندازه متن", "نسخه چاپی"],
        "پل سنگی هارلو دوباره ساخته می‌شود",
        [],
        [],
    ),
    (
        "he",
        ["גשר האבן של הרלו ייבנה מחדש אחרי השיטפון", "3 במאי 2024", "הוסף תגובה", "הגדל טקסט"],
        "גשר האבן של הרלו ייבנה מחדש אחרי השיטפון",
        [],
        [],
    ),
    (
        "zh",
        ["哈洛石桥将重建 预计两年完工", "2024-05-03 14:32", "语音播报", "字体大小"],
        "哈洛石桥将重建 预计两年完工",
        [],
        [],
    ),
]

# Lines of a text, and those that must stay besides its paragraphs.
NEAR_MISSES = [
    (
        [
            "The Weir",
            "By Anna Sample",
            "3 May 2024",
            "The water comes down",
            "over the stone",
            "and nobody counts it",
            "but the heron",
            "A night's rain, said the keeper, and the whole valley would sing of it until the harvest came and went.",
            "The keeper died in May, and his chair is still there beside the water, where the children sit and count.",
        ],
        ["The water comes down", "over the stone", "and nobody counts it", "but the heron"],
    ),
    (
        [
            "Plum dumplings",
            "By Anna Sample",
            "3 May 2024",
            "Serves four",
            "500 g potatoes",
            "12 plums",
            "Salt",
            "Boil the potatoes in their skins, peel them while they are hot and press them through a sieve into a bowl.",
            "Knead them with the flour and the egg, wrap each plum in a piece of dough and boil the dumplings for ten minutes.",
        ],
        ["500 g potatoes", "12 plums"],
    ),
    (
        [
            "Sunday's results",
            "3 May 2024",
            "Harlow 2 Easton 1",
            "Wick 0 Upper Wick 0",
            "Marsh 4 Ferry 2",
            "The leaders won again thanks to a late goal by the substitute, who had come on only a minute before the end.",
            "Next Sunday the second travel to the third, and the winner may draw level with the leaders on points again.",
        ],
        ["Harlow 2 Easton 1", "Wick 0 Upper Wick 0", "Marsh 4 Ferry 2"],
    ),
    (
        ["Bridge to be rebuilt by June", "3 May 2024", "By Anna Sample", "A vote at last", *STORIES["en"]],
        ["A vote at last"],
    ),
    (
        [
            "Bridge to be rebuilt by June",
            "The old one stood for two hundred years",
            "By Anna Sample",
            "3 May 2024",
            *STORIES["en"],
        ],
        ["The old one stood for two hundred years"],
    ),
    (
        [
            "Bridge to be rebuilt by June",
            "3 May 2024",
            "The old one stood for two hundred years, and many will miss it",
            "By Anna Sample",
            *STORIES["en"],
        ],
        ["The old one stood for two hundred years, and many will miss it"],
    ),
    (["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024", "It is over.", *STORIES["en"]], ["It is over."]),
    (["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024", "Nobody.", *STORIES["en"]], ["Nobody."]),
    (["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024", "Why now?", *STORIES["en"]], ["Why now?"]),
    (
        [
            "Bridge to be rebuilt by June",
            "By Anna Sample",
            "3 May 2024",
            "Bob Test",
            "Mayor of Harlow",
            "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away.",
            "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million.",
            "The bridge is all that Test ever wanted, his friends at the council say, and he does not deny that.",
        ],
        ["Bob Test", "Mayor of Harlow"],
    ),
    (
        [
            "Five things to know",
            "By Anna Sample",
            "3 May 2024",
            "1. The bridge comes back",
            "2. It costs four million",
            *STORIES["en"],
        ],
        ["1. The bridge comes back", "2. It costs four million"],
    ),
    (
        [
            "Gespräch mit einem Fährmann",
            "3. Mai 2024",
            "Von Anna Beispiel",
            "„Wann kommt die Fähre?“",
            "„Gestern.“",
            *STORIES["de"],
        ],
        ["„Wann kommt die Fähre?“", "„Gestern.“"],
    ),
    (
        [
            "The year in numbers",
            "By Anna Sample",
            "3 May 2024",
            "12,400",
            "visitors came to the old bridge before it fell, more than ever before, and each of them left something behind.",
            "4",
            "million is what the new one is to cost, and nobody in the town knows yet where the money will be found.",
        ],
        ["4"],
    ),
    (
        ["Prices at the market", "3 May 2024", "Apples 2.40", "Pears 3.10", "Plums 1.90", *STORIES["en"]],
        ["Apples 2.40", "Pears 3.10", "Plums 1.90"],
    ),
    (
        [
            "Diary of a flood",
            "By Anna Sample",
            "3 May 2024",
            "Monday",
            "The water reached the second step of the town hall before noon, and the clerk carried the ledgers upstairs again.",
            "Tuesday",
            "The water reached the third step, and the clerk stopped carrying, since there was no further floor to carry to.",
        ],
        ["Monday", "Tuesday"],
    ),
]

# Language, author, and lines below a story that all go.
FEET = [
    (
        "en",
        ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"],
        ["Anna Sample is a reporter for the Harlow Courier."],
    ),
    (
        "en",
        ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"],
        ["Anna Sample covers transport for the Courier. She joined in 2019 and lives in Easton."],
    ),
    ("en", ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"], ["# Harlow", "# Bridges"]),
    (
        "en",
        ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"],
        [
            "Related topics",
            "Harlow",
            "Bridges",
            "More on this story",
            "Ferry to run again in June",
            "Mayor opens the weir",
        ],
    ),
    (
        "en",
        ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"],
        ["Image: The bridge in 1931 (Harlow Archive)", "Share", "Tags", "Harlow", "Bridge"],
    ),
    (
        "en",
        ["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024"],
        ["TOPICS: HARLOW, BRIDGES", "Harlow", "Courier", "Copyright 2024 Harlow Courier"],
    ),
    (
        "de",
        ["Die Brücke kommt wieder", "Von Anna Beispiel", "3. Mai 2024"],
        ["Anna Beispiel ist Redakteurin im Ressort Lokales.", "Schlagworte", "Harlau", "Brücke"],
    ),
    (
        "de",
        ["Die Brücke kommt wieder", "Von Anna Beispiel", "3. Mai 2024"],
        ["Auch interessant", "Fähre fährt wieder", "Bürgermeisterin tritt ab", "Kommentare", "Diskutieren Sie mit"],
    ),
    (
        "fr",
        ["Le pont de pierre sera reconstruit", "Par Anna Exemple", "3 mai 2024"],
        ["Anna Exemple est journaliste à Valmont.", "À lire aussi", "Le bac reprendra en juin", "Réagir"],
    ),
    (
        "fr",
        ["Le pont de pierre sera reconstruit", "Par Anna Exemple", "3 mai 2024"],
        ["# Valmont", "# Ponts", "Partager"],
    ),
    (
        "es",
        ["El puente de piedra volverá a levantarse", "Por Ana Ejemplo", "3 de mayo de 2024"],
        [
            "Ana Ejemplo es redactora de la sección Local.",
            "Más información",
            "Vuelve la barca",
            "Archivado en",
            "Puentes",
            "Villar",
        ],
    ),
    (
        "es",
        ["El puente de piedra volverá a levantarse", "Por Ana Ejemplo", "3 de mayo de 2024"],
        ["Etiquetas:", "puente", "Villar", "Te puede interesar", "Vuelve la barca"],
    ),
    (
        "it",
        ["Il ponte di pietra tornerà", "di Anna Esempio", "3 maggio 2024"],
        [
            "Anna Esempio è giornalista del Corriere di Valbruna.",
            "Leggi anche",
            "Torna il traghetto",
            "© Riproduzione riservata",
        ],
    ),
    (
        "pt",
        ["Ponte de pedra será reconstruída", "Por Ana Exemplo", "3 de maio de 2024"],
        ["Ana Exemplo é repórter de Cotidiano.", "Leia também", "A balsa volta em junho", "Tópicos", "ponte"],
    ),
    (
        "nl",
        ["Stenen brug komt terug", "Door Anna Voorbeeld", "3 mei 2024"],
        [
            "Anna Voorbeeld is verslaggever van de Harlose Courant.",
            "Lees ook",
            "De pont vaart weer",
            "Deel dit artikel",
        ],
    ),
    (
        "sv",
        ["Stenbron ska byggas upp igen", "Av Anna Exempel", "3 maj 2024"],
        ["Läs mer", "Färjan går igen", "Anna Exempel", "anna.exempel@harbynytt.example"],
    ),
    (
        "pl",
        ["Most wróci za dwa lata", "Anna Przykład", "3 maja 2024"],
        ["Czytaj też", "Prom znów pływa", "Tagi", "most", "Harlow"],
    ),
    (
        "ru",
        ["Каменный мост восстановят", "Анна Примерова", "3 мая 2024"],
        ["Читайте также", "Паром снова ходит", "Теги", "мост", "Харлов", "Поделиться"],
    ),
]


SEPARATORS = pytest.mark.parametrize("separator", ["\n", "\n\n"], ids=["plain", "blank lines"])


@SEPARATORS
@pytest.mark.parametrize(("language", "head", "title", "authors", "kept"), HEADS)
def test_head(
    language: str, head: list[str], title: str | None, authors: list[str], kept: list[str], separator: str
) -> None:
    cleaned = clean_text(separator.join(head + STORIES[language]))
    assert (cleaned.fields.title, list(cleaned.fields.authors)) == (title, authors)
    assert cleaned.text.split("\n") == kept + STORIES[language]
    assert clean_text(cleaned.text).text == cleaned.text


@SEPARATORS
@pytest.mark.parametrize(("lines", "kept"), NEAR_MISSES)
def test_what_only_stands_above_a_story(lines: list[str], kept: list[str], separator: str) -> None:
    cleaned = clean_text(separator.join(lines))
    left = cleaned.text.split("\n")
    assert [line for line in kept + [line for line in lines if len(line) > 100] if line not in left] == []
    assert clean_text(cleaned.text).text == cleaned.text


@SEPARATORS
@pytest.mark.parametrize(("language", "head", "foot"), FEET)
def test_foot(language: str, head: list[str], foot: list[str], separator: str) -> None:
    cleaned = clean_text(separator.join(head + STORIES[language] + foot))
    assert cleaned.text.split("\n") == STORIES[language]
    assert clean_text(cleaned.text).text == cleaned.text


def test_alternative_text_amid_a_head() -> None:
    head = ["Bridge to be rebuilt by June", "2 days ago", "Two men in a boat beside the ruin of a pier"]
    cleaned = clean_text("\n".join([*head, "Image source, Bob Test", "By Anna Sample", "3 May 2024", *STORIES["en"]]))
    assert cleaned.text.split("\n") == STORIES["en"]
    assert cleaned.fields.title == head[0]


def test_only_authors_of_the_text_are_told_of_below_it() -> None:
    last = "Bob Test is a ferryman in Harlow."
    cleaned = clean_text(
        "\n".join(["Bridge to be rebuilt by June", "By Anna Sample", "3 May 2024", *STORIES["en"], last])
    )
    assert cleaned.text.endswith(last)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Ad Feedback", True),
        ("ফলো করুন", True),
        ("Anna Sample", False),
        ("Anna Share", True),
        ("Will Page", False),
        ("নির্মল ঘোষ", False),
    ],
)
def test_names_of_buttons(text: str, is_one: bool) -> None:
    assert names_button(normal_lines(text)[0]) is is_one
