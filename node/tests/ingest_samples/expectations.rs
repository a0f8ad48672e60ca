//! What the samples say: for each file its bookings as
//! `system:locator, .. | flight date board-off, .. | SURNAME/GIVEN birth document:issuer ..; ..`.

/// File and bookings.
pub(crate) const ALL: &[(&str, &[&str])] = &[
    (
        "paxlst/wco-guide-v6-ex5.1-single-sector-15B",
        &["ZZ:TYR123 | ZZ123 2013-06-21 SYD-HNL | WILLIAMS/JOHN DONALD 1972-09-07 MB140241:GBR"],
    ),
    (
        "paxlst/wco-guide-v6-ex5.2-crew-15B",
        &[" | ZZ123 2013-06-21 SYD-HNL | CLARK/MICHAEL 1972-09-07 MB140241:CAN"],
    ),
    (
        "paxlst/wco-guide-v6-ex5.3-progressive-15B",
        &["XZ:GJO3RT | XZ877 2014-07-08 BCN-IAD, XZ877 2014-07-08 IAD-SFO | \
           MARTINEZ/JULIO XAVIER 1968-02-23 YY3478621:ESP; MARTINEZ/SORINA MARIA 1969-06-06 TRQWE9980:ESP"],
    ),
    ("paxlst/gtas-unit-testAPISParsingWithNoMEASegment", FENNER),
    (
        "paxlst/gtas-unit-testAPISParsingWithNoMEASegmentAndTwoBagCountOnFTXSegment",
        FENNER,
    ),
    ("paxlst/gtas-unit-testAPISParsingWithOnlyBagCountInMEASegment", FENNER),
    ("paxlst/gtas-unit-testAPISParsingWithOnlyBagWeightInMEASegment", FENNER),
    (
        "paxlst/gtas-unit-testSingleTdtWithOneLeg",
        &[" | UA123 2007-04-29 YVR-JFK | "],
    ),
    (
        "paxlst/gtas-unit-testSingleTdtWithLoc92",
        &[" | KE250 2014-02-01 JFK-ANC, KE250 2014-02-01 ANC-ICN | "],
    ),
    (
        "paxlst/gtas-unit-testMultipleTdtWithLoc92",
        &[" | KE250 2014-02-01 JFK-ANC, KE250 2014-02-01 ANC-ICN | "],
    ),
    (
        "paxlst/gtas-unit-testMultipleTdtWithOneLegEach",
        &[" | UA123 2007-04-29 YVR-JFK, UA124 2007-04-29 JFK-ATL | "],
    ),
    (
        "paxlst/gtas-parsers-apisMessage",
        &["AA:TYR123 | AA123 2007-02-19 ATL-ORD, AA124 2007-02-19 ORD-JFK | \
           CLARK/MICHAEL 1972-09-07; CLARK/CHERYL 1973-04-07"],
    ),
    (
        "paxlst/dhs-guide-style-05B-progressive",
        &["UA:ABC123 | UA123 2007-04-29 YVR-JFK, UA124 2007-04-29 JFK-ATL | DOE/JOHN WAYNE 1957-01-21 MB140241:CAN"],
    ),
    (
        "paxlst/gtas-loader-multiple_flight_leg_apis",
        &[
            "QQ:GJIO3RT | QQ877 2008-07-10 MIA-IAD, QQ827 2008-08-10 IAD-JFK, QQ827 2008-08-10 JFK-CDG | \
           BARRETT/TODD 1968-02-23 YY3478621G:FRA; LANG/KRISTIN 1960-06-06 TRQWE99800:ESP",
        ],
    ),
    (
        "paxlst/gtas-loader-airline2",
        &[
            "TN:QXGYLO | TN506 2014-05-11 BRE-YEU | BETTON/DAVID 1954-10-16 178556534:USA; \
           TRIBBLE/FRANK 1954-10-16 130906000:USA; RIDER/GORDON 1954-10-16 185723910:USA; \
           COOLEY/RAQUEL 1954-10-16 361569645:USA; YOUNG/JAVIER 1954-10-16 132434347:USA; \
           ELLIOTT/CARMEN 1954-10-16 321648375:USA; WHITLOCK/APRIL 1954-10-16 293312850:USA; \
           WESLEY/DAVID 1954-10-16 169177598:USA; STEWART/MARYJANE 1954-10-16 179868051:USA; \
           LOWE/DANIEL 1954-10-16 153284238:USA",
        ],
    ),
    (
        "paxlst/astra-multipart-02B-part1",
        &[
            "OK:Z9WKH | OK688 2007-10-08 PRG-BCN | STRANSKY/JAROSLAV VICTOROVICH 1967-06-10 102865098:",
            "OK:Z9WJK | OK688 2007-10-08 PRG-BCN | KOVACS/PETR 1969-12-09 35485167:",
        ],
    ),
    (
        "paxlst/astra-multipart-02B-part2",
        &[
            "OK:Z57L3 | OK688 2007-10-08 PRG-BCN | LESKA/PAVEL 1976-05-02 34356146:RUS",
            "OK:GGFGD1 | OK688 2007-10-08 PRG-BCN | IVANOV/VOVA 1952-05-02 000001:RUS",
        ],
    ),
    (
        "paxlst/astra-multipart-02B-part3",
        &["OK:GGFGD2 | OK688 2007-10-08 PRG-BCN | IVANOVA/LUDA 1955-05-10 000002:RUS"],
    ),
    (
        "paxlst/astra-iapi-cn-1",
        &[
            "CA:MWZRDQ | CA339 2024-06-01 ICN-CAN | ONE/TWO WI 1956-06-20 E6397444822:CHN",
            "CA:MWZRCY | CA339 2024-06-01 ICN-CAN | ONE/UBE WI 1996-01-12 E6397444756:CHN",
        ],
    ),
    (
        "paxlst/astra-iapi-cn-2",
        &[
            "MU:MLCKPK | MU2599 2024-06-01 PNH-KMG | ONE/QIAOYAO 1993-03-11 4825552534:CHN 5576:",
            "MU:MLCKPM | MU2599 2024-06-01 PNH-KMG | ONE/QIAOYUN 1963-03-11 4825552122:CHN 5555:",
        ],
    ),
    (
        "paxlst/astra-iapi-cn-3",
        &["ZH:MXRLBK | ZH9073 2024-06-01 TPE-SZX | ONE/JIA DUNG 1976-03-07 303856640:CHN"],
    ),
    (
        "paxlst/astra-iapi-cn-4",
        &["ZH:MXRLBK | ZH9073 2024-06-01 TPE-SZX | ONE/JIA DUNG 1976-03-07 303856640:CHN"],
    ),
    (
        "paxlst/gtas-pyport-02B-abridged",
        &[
            "YY:ABC123 | YY123 2020-05-06 IAD-BRU | ALI YYÉ/",
            "YY:89TVRV | YY123 2020-05-06 IAD-BRU | EVELYN/AAKESSON 2013-04-14 G839083:SWE",
            "YY:UQA8AC | YY123 2020-05-06 IAD-BRU | IIDA/VILEN 1932-12-10 41570439:FIN",
            "YY:17I57Q | YY123 2020-05-06 IAD-BRU | KARI/SAEVARSSON 1950-05-22 O1694677:ISL",
            "YY:HUJD8S | YY123 2020-05-06 IAD-BRU | TOBIAS/DECKER 2018-12-03 X6091008:DEU",
        ],
    ),
    (
        "paxlst/gtas-usedifact-legacy-1",
        &[
            " | SA812 2002-01-31 AKL-LAX | MANGUS/SIMON P 1959-04-29 182345345:USA",
            " | SA812 2002-01-31 AKL-LAX | FEFE/THEODORE C 1956-07-04 122222345:USA",
            " | SA812 2002-01-31 AKL-LAX | BOYLE/ALVIN 1952-12-21 C76543D:GBR",
            " | SA812 2002-01-31 AKL-LAX | O'LEARY/KRIS ANN 1933-12-31 E54321A:IRL",
        ],
    ),
    (
        "pnrgov/iata-guide-14.1-appB-ex1-infant-11.1",
        &[
            "1A:3PGZOV | SQ602 2013-05-27 SIN-ICN | BELT/ISABELLE RUTH 1978-07-01 509229987:GBR; \
           infant of 0: BELT/SOPHY OLIVIA 2012-09-20 512731999:GBR",
        ],
    ),
    (
        "pnrgov/gtas-loader-infant",
        &[
            "1A:3PGZOV | SQ602 2013-05-27 SIN-ICN | BELT/ISABELLE RUTH 1978-07-01 509229987:GBR; \
           infant of 0: BEL T/SOPHY OLIVIA 2012-09-20 512731999:GBR",
        ],
    ),
    (
        "pnrgov/gtas-loader-adult_and_infant",
        &[
            "AM:XXXYET | AM709 2013-05-15 BOG-MEX, AM445 2013-05-19 MEX-CUN, AM718 2013-05-23 CUN-BOG | \
           TESTSURNA MEONE/TESTNAMEONE 1976-05-30 52263000:COL; \
           infant of 0: TESTSUR NAMETWO/TESTNAMETWO 2011-08-10 AO234000:COL",
        ],
    ),
    ("pnrgov/gtas-parsers-pnrMessagePg76", DORON),
    ("pnrgov/gtas-parsers-pnrBadFormat", DORON),
    (
        "pnrgov/gtas-loader-no_pnr_history",
        &[
            "1A:3MZVP2, AC:P46KA5 | AC9099 2013-05-27 MUC-YUL | JACKS/JAMES 1966-04-21",
            "1A:33O6DK, 1G:MS6HXI | LH9457 2013-05-27 VCE-MUC, LH474 2013-05-27 MUC-YUL | \
             CARRERA/MARCUS 1980-04-17 YA0196755:ITA",
            "1A:35K2IO, 1S:EVFSDI | LH474 2013-05-27 MUC-YUL | DORON/NINA 1953-02-05; LENDROT/CHARLOTTE 1952-02-14",
        ],
    ),
    (
        "pnrgov/gtas-loader-codeshare",
        &[
            "1A:2LS6KP, KE:EDP2RW | KE609 2013-05-27 ICN-SIN | PARK/SE JOON 1972-09-10 JR3364288:KOR",
            "1A:X49V9U, OZ:2OX5VV | OZ609 2013-05-27 ICN-SIN | KIM/KON G CHUN 1957-02-15 M17072944:KOR",
        ],
    ),
    (
        "pnrgov/gtas-parsers-pnrMessagePg75",
        &[
            "1A:2LS6KP, KE:EDP2RW | KE609 2013-05-27 ICN-SIN | PARK/SEJOON 1972-09-10 JR3364288:KOR",
            "1A:X49V9U, OZ:2OX5VV | OZ609 2013-05-27 ICN-SIN | KIM/KONG CHUN 1957-02-15 M17072944:KOR",
        ],
    ),
    (
        "pnrgov/gtas-parsers-pnrMessagePg77",
        &[
            "TZ:W9TEND | TZ6 2013-05-28 SIN-OOL, TZ5 2013-05-31 OOL-SIN | VANDENBERG/KEVIN MICHAEL 1980-07-04 548721687:USA",
        ],
    ),
    (
        "pnrgov/gtas-parsers-modifyPnr77ForCodeShare",
        &[
            "TZ:W9TEND | SQ5678 2022-01-11 LHR-ARN, DL8976 2010-04-01 ATL-AMS, TZ6 2013-05-28 SIN-OOL, \
           TZ2 2013-05-31 OOL-SIN, TZ1 2013-05-28 SIN-OOL, TZ5 2013-05-31 OOL-SIN | \
           VANDENBERG/KEVIN MICHAEL 1980-07-04 548721687:USA",
        ],
    ),
    (
        "pnrgov/gtas-loader-3_pnrs",
        &[
            "TZ:W9TEND | TZ6 2013-05-28 SIN-OOL, TZ5 2013-05-31 OOL-SIN | \
             VANDENBERG/KEVIN MICHAEL 1980-07-04 548721687:USA",
            "TZ:D1RGHI | BA11 2013-05-27 LHR-SIN, TZ6 2013-05-28 SIN-OOL, TZ5 2013-06-05 OOL-SIN, \
             BA12 2013-06-05 SIN-LHR | DYE/DOLAN 1990-02-01 159264375:USA; DYE/KAYLA 1993-04-07 345678901:USA; \
             infant of 1: DYE/ARCHER 2012-04-15 654321987:USA",
            "TZ:GBFKSK | TZ6 2013-05-28 SIN-OOL, TZ5 2013-06-17 OOL-SIN | CAPSON/LISALMS; \
             CAPSON/HUNTER 1992-04-27; ALLEN/SETH; unnamed; unnamed; unnamed; unnamed; unnamed; unnamed",
        ],
    ),
    (
        "pnrgov/gtas-parsers-danglingMetaCharacter",
        &[
            "DL:BGXFR4, VS:BGXFR4 | VS138 2020-02-21 JFK-LHR, BA117 2020-02-22 LHR-JFK, DL441 2020-02-23 JFK-MBJ | \
           SERIO/REUBEN JOAQUIN 1994-10-20 9173574:THA",
        ],
    ),
    (
        "pnrgov/gtas-loader-pnr_split",
        &[
            "AM:ICOXXX | AM498 2013-05-23 MTY-LAS, AM499 2013-05-26 LAS-MTY | \
             TESTSURNAMEONE/TESTNAMEONE; TESTSURNAMEONE/TESTNAMETWO",
            "AM:BJOXXX | AM719 2013-05-19 BOG-CUN, AM718 2013-05-23 CUN-BOG | \
             TESTSURNA METHREE/TESTNAMETHREE 1994-10-14 AO589000:COL",
        ],
    ),
    (
        "pnrgov/gtas-loader-2_pnrs_basic",
        &[
            "DL:MFN4TI | DL324 2010-12-12 LHR-JFK, DL330 2010-12-12 JFK-YVR | \
             SMITHJR/MRJONATHON ROBERT 1964-07-12 123456789:GBR; JONES/WILLIAMNEVELL 1964-07-12",
            WAYNE,
        ],
    ),
    (
        "pnrgov/gtas-parsers-pnrMessage",
        &["DL:MFN4TI | DL324 2010-12-12 LHR-JFK, DL330 2010-12-12 JFK-YVR | \
           SMITHJR/JONATHON ROBERT 1964-07-12 123456789:GBR; JONES/WILLIAMNEVELL 1964-07-12"],
    ),
    ("pnrgov/gtas-loader-pnr2", &[WAYNE]),
    (
        "pnrgov/gtas-loader-pnr3",
        &[
            "UA:52865E, LH:52865E | UA9146 2019-08-20 FRA-OSL, UA9095 2019-08-30 OSL-FRA, UA988 2019-08-30 FRA-IAD | \
           DOOLIN/PETER SEBASTIAN 1949-09-21 276222776:GBR; CHISOLM/MERLE LEISA 1948-09-21 872204801:USA; \
           WOO/FEN MULAN 1997-09-04 270398251:ERI; FENWICK/ABBY LOUISE 1953-07-06 422615487:GBR",
        ],
    ),
    (
        "pnrgov/gtas-loader-pnr4",
        &["UA:0995F0 | UA988 2019-08-26 FRA-IAD, UA989 2019-08-15 IAD-FRA | \
           RAVAL/CHRISTOPHER JAY 1964-09-09 117557052:GBR"],
    ),
    (
        "pnrgov/gtas-parsers-pnrWithDoco",
        &[
            "UA:06A9FD, ET:06A9FD | ET834 2018-05-11 WDH-ADD, ET706 2018-05-11 ADD-FRA, UA988 2018-05-12 FRA-IAD | \
           ACKARY/CHARLESMR MUHAMMAD 1948-12-26 602120901:GBR 8675309:LIE",
        ],
    ),
    ("pnrgov/gtas-parsers-pnrPhoneCTCM", LOBB),
    ("pnrgov/gtas-parsers-pnrEdge", LOBB),
    ("pnrgov/gtas-parsers-pnrNoOrgMsg", LOBB),
    (
        "pnrgov/gtas-parsers-pnrSeatFormats",
        &["UA:7C789A | UA988 2019-01-22 FRA-IAD | LOBB/MOLLYMRS ZARA 1954-08-13 796428965:GBR"],
    ),
    (
        "pnrgov/gtas-loader-multiple_flight_leg_pnr",
        &[
            "UA:80F4E3 | UA989 2018-05-04 IAD-FRA, UA8749 2018-05-05 FRA-KWI, UA8750 2018-05-12 KWI-FRA, \
           UA988 2018-05-12 FRA-IAD | CHENNAPRAGADA/STACYMR CHARLES 1972-02-18 25084013:ERI; \
           NUTTALL/PETERMR PERRY 1964-01-12 2075148:USA",
        ],
    ),
    ("pnrgov/gtas-loader-pnrMessageExample", FIVE),
    (
        "paxlst/astra-iapi-cn-5",
        &[
            "MU:PD1WJW | MU2911 2024-06-01 TPE-SZX | ONE/FNU 1957-07-21 L11182829:CHN",
            "MU:MXRLBK | MU2911 2024-06-01 TPE-SZX | ONE/JIA DUNG 1976-03-07 303856640:CHN",
        ],
    ),
    (
        "paxlst/gtas-loader-Test1",
        &[
            " | UA989 2017-01-27 FRA-IAD | Steur/Andrea Pat 1978-07-06 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Adomat/Julie Pat 1978-07-07 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Nalek/Clifton Pat 1978-07-08 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Meissener/Costa Pat 1978-07-09 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Pelzing/Melissa Pat 1978-07-10 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Merfort/Kevin Pat 1978-07-11 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Sautter/Kari Pat 1978-07-12 123456789:GBR",
            " | UA989 2017-01-27 FRA-IAD | Zschieschak/Jaclyn Pat 1978-07-13 123456789:GBR",
        ],
    ),
    (
        "paxlst/gtas-usedifact-legacy-2",
        &[
            " | SA812 2002-01-31 AKL-HNL, SA812 2002-01-31 HNL-LAX, SA812 2002-01-31 LAX-JFK | \
           JONES/INDIANA 1935-12-30 121234324:USA",
        ],
    ),
    (
        "paxlst/gtas-usedifact-legacy-3",
        &[
            " | SA812 undated AKL-LAX | MANGUS/SIMON P 1959-04-29 E234567:NZL",
            " | SA812 undated AKL-LAX | FIFE/THEODORE C 1956-07-04 01234567890:USA",
            " | SA812 undated AKL-LAX | BOYLE/ALVIN 1952-12-21 C76543D:GBR",
            " | SA812 undated AKL-LAX | O'LEARY/KRIS ANN 1933-12-31 E54321A:IRL",
            " | SA812 undated AKL-LAX | SULLIVAN/DAVE 1955-01-01 678912:USA",
            " | SA812 undated AKL-LAX | HENRY/SAMUEL 1940-02-01 45892:GBR",
            " | SA812 undated AKL-LAX | SAMS/HENRY 1930-01-10 784310:USA",
            " | SA812 undated AKL-LAX | RAE/JEAN 1941-07-06 90324519:BRA",
            " | SA812 undated AKL-LAX | SI/JUN 1944-10-10 223344:USA",
            " | SA812 undated AKL-LAX | O'SHEA/IAN M 75641:IRN",
            " | SA812 undated AKL-LAX | REED/ZANE 1958-12-12 548211:USA",
            " | SA812 undated AKL-LAX | OSO/OSRA 1952-02-03 33213:JPN",
            " | SA812 undated AKL-LAX | LEE/LEE 1959-04-01 9192980:USA",
            " | SA812 undated AKL-LAX | BROWN/BEN 1956-10-02 124359:USA",
            " | SA812 undated AKL-LAX | CARSON/GERALD 1955-04-09 56284:USA",
            " | SA812 undated AKL-LAX | LYN/JOHN 1951-09-01 B458211:JPN",
            " | SA812 undated AKL-LAX | SMITH/BARTHOLAMEW B4788320:USA",
            " | SA812 undated AKL-LAX | LEMON/AURTHOR 1951-12-15 9182838:IRL",
            " | SA812 undated AKL-LAX | FINN/RICK 1959-07-01 84930:USA",
            " | SA812 undated AKL-LAX | RANCH/OOTH 1951-11-12 Z41894:AFG",
        ],
    ),
    (
        "pnrgov/gtas-loader-pnr1",
        &["DL:MFN4TI | DL324 2010-12-12 LHR-JFK, DL330 2010-12-12 JFK-YVR | \
           SMITHJR/MRJONATHON ROBERT 1964-07-12 123456789:GBR; JONES/WILLIAMNEVELL 1964-07-12"],
    ),
    (
        "pnrgov/gtas-parsers-bigMessagePnr",
        &[
            "UA:86C92D, ET:86C92D | ET834 2018-09-27 WDH-ADD, ET706 2018-09-27 ADD-FRA, UA988 2018-09-28 FRA-IAD | \
           HOLCOMBE/LORELEIMRS LISE 1998-08-12 813281747:USA; EMMETT/JOSEPHMR DANIEL 1970-03-23 388349438:GBR; \
           MALDONADO/JACQUELYNNMRS FAITH 1976-04-16 315507126:USA; \
           NUGUSE/NEGISTIMRS TEMSHE 1972-10-01 355146303:CHN; SLOCOMBE/LUCYMRS LYDIA 1969-11-09 548241627:GBR; \
           MICHAELS/WELDONMR RAPHAEL 1992-08-26 381798541:USA; HOU/LIMR SHI 1993-09-25 945329717:ERI",
        ],
    ),
    ("pnrgov/gtas-parsers-pnrAddressPhoneCTCM", LOBB),
    ("pnrgov/gtas-parsers-pnrPhoneCTC_M", LOBB),
    ("pnrgov/gtas-parsers-pnrMessageExample", FIVE),
    (
        "pnrgov/gtas-parsers-pnrWithPrefixesAndBookingDetailBags",
        &[
            "UA:8A4E83 | UA989 2018-10-03 IAD-FRA, UA8749 2018-10-04 FRA-KWI, UA8750 2018-10-11 KWI-FRA, \
           UA988 2018-10-11 FRA-IAD | ADONAY/YORDAMRS KISANET 1997-06-18 182291927:CHN; \
           PETROS/FNANMRS ZAHRA 1992-09-06 586993080:CZE",
        ],
    ),
];

const FIVE: &[&str] = &[
    "UA:7C789A, ET:7C789A | ET834 2018-09-27 WDH-ADD, ET706 2018-09-27 ADD-FRA, UA988 2018-09-28 FRA-IAD | \
           LOBB/MOLLYMRS ZARA 1954-08-13 796428965:GBR; PHILIPPS/MATTHIASMR TIM 1942-10-21 330102546:; \
           BOLOGNA/BRANDONMR WINSTON 1960-06-16 445488562:USA; EULENBERGER/LUCAMR MARIO 1941-10-23 761852513:ERI; \
           HABTE/LIYAMRS SOPHIA 1960-03-29 254881089:DEU",
];

const FENNER: &[&str] = &["UA:9C7313 | UA988 2018-06-26 FRA-IAD | FENNER/JACKI ANJA 1970-06-02 448763368:USA"];

const DORON: &[&str] =
    &["1A:35K2IO, 1S:EVFSDI | LH474 2013-05-27 MUC-YUL | DORON/NINA 1953-02-05; LENDROT/CHARLOTTE 1952-02-14"];

const LOBB: &[&str] = &["UA:7C789A | UA988 2018-09-28 FRA-IAD | LOBB/MOLLYMRS"];

const WAYNE: &str = "1A:23456 | DL324 2010-12-12 LHR-JFK, DL330 2010-12-12 JFK-YVR | \
                     WAYNE/JOHNALVA 1912-07-12 123456789:GBR; COOPER/GARYWILLIAM 1915-07-12 987654321:GBR";
