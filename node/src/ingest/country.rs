//! The country codes of passenger messages: alpha-2, alpha-3 and the codes of ICAO Doc 9303
//! arrive mixed, often for one document in one message.

/// ISO 3166-1, each country as alpha-2 followed by alpha-3.
const ISO: &str = "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE \
    BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS \
    BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN \
    COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST \
    EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF \
    GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD \
    HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM \
    JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA \
    LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD \
    MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM \
    NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG \
    PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA \
    SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD \
    STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON \
    TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR \
    VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

/// Codes of travel documents and old habits that ISO 3166-1 does not have, and what they mean.
const OTHERS: [(&str, &str); 10] = [
    ("D", "DEU"),
    ("UK", "GBR"),
    ("EL", "GRC"),
    ("GBD", "GBR"),
    ("GBN", "GBR"),
    ("GBO", "GBR"),
    ("GBP", "GBR"),
    ("GBS", "GBR"),
    ("ROM", "ROU"),
    ("ZAR", "COD"),
];

/// Codes of ICAO Doc 9303 part 3 section 5 that stand for themselves.
const OWN: [&str; 14] = [
    "EUE", "UNO", "UNA", "UNK", "RKS", "XKX", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX", "UTO", "RUR",
];

/// The alpha-3 code that a code in a message stands for, if it is a country's.
pub fn alpha3(code: &str) -> Option<&'static str> {
    let code = code.trim().to_ascii_uppercase();
    let other = OTHERS.iter().find(|(from, _)| *from == code).map(|(_, to)| *to);
    let own = || OWN.iter().find(|known| **known == code).copied();
    let iso = || match code.len() {
        2 => ISO.split(' ').find_map(|pair| pair.strip_prefix(code.as_str())),
        3 => ISO
            .split(' ')
            .filter_map(|pair| pair.get(2..))
            .find(|known| *known == code),
        _ => None,
    };
    other.or_else(own).or_else(iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_country_has_one_code_however_it_is_written() {
        for code in ["KR", "KOR", "kr "] {
            assert_eq!(alpha3(code), Some("KOR"));
        }
        assert_eq!(alpha3("D"), Some("DEU"));
        assert_eq!(alpha3("UK"), alpha3("GBR"));
        assert_eq!(alpha3("UTO"), Some("UTO"));
    }

    #[test]
    fn what_is_no_country_has_no_code() {
        for code in ["", "Z", "QQ", "LONDON", "ZZZ"] {
            assert_eq!(alpha3(code), None, "{code}");
        }
    }
}
