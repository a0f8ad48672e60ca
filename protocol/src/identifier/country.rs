//! Codes of states as they occur in travel documents and messages.

/// ISO 3166-1, alpha-2 and alpha-3.
pub(super) const ISO_3166: &str = "\
    AD=AND AE=ARE AF=AFG AG=ATG AI=AIA AL=ALB AM=ARM AO=AGO AQ=ATA AR=ARG AS=ASM AT=AUT \
    AU=AUS AW=ABW AX=ALA AZ=AZE BA=BIH BB=BRB BD=BGD BE=BEL BF=BFA BG=BGR BH=BHR BI=BDI \
    BJ=BEN BL=BLM BM=BMU BN=BRN BO=BOL BQ=BES BR=BRA BS=BHS BT=BTN BV=BVT BW=BWA BY=BLR \
    BZ=BLZ CA=CAN CC=CCK CD=COD CF=CAF CG=COG CH=CHE CI=CIV CK=COK CL=CHL CM=CMR CN=CHN \
    CO=COL CR=CRI CU=CUB CV=CPV CW=CUW CX=CXR CY=CYP CZ=CZE DE=DEU DJ=DJI DK=DNK DM=DMA \
    DO=DOM DZ=DZA EC=ECU EE=EST EG=EGY EH=ESH ER=ERI ES=ESP ET=ETH FI=FIN FJ=FJI FK=FLK \
    FM=FSM FO=FRO FR=FRA GA=GAB GB=GBR GD=GRD GE=GEO GF=GUF GG=GGY GH=GHA GI=GIB GL=GRL \
    GM=GMB GN=GIN GP=GLP GQ=GNQ GR=GRC GS=SGS GT=GTM GU=GUM GW=GNB GY=GUY HK=HKG HM=HMD \
    HN=HND HR=HRV HT=HTI HU=HUN ID=IDN IE=IRL IL=ISR IM=IMN IN=IND IO=IOT IQ=IRQ IR=IRN \
    IS=ISL IT=ITA JE=JEY JM=JAM JO=JOR JP=JPN KE=KEN KG=KGZ KH=KHM KI=KIR KM=COM KN=KNA \
    KP=PRK KR=KOR KW=KWT KY=CYM KZ=KAZ LA=LAO LB=LBN LC=LCA LI=LIE LK=LKA LR=LBR LS=LSO \
    LT=LTU LU=LUX LV=LVA LY=LBY MA=MAR MC=MCO MD=MDA ME=MNE MF=MAF MG=MDG MH=MHL MK=MKD \
    ML=MLI MM=MMR MN=MNG MO=MAC MP=MNP MQ=MTQ MR=MRT MS=MSR MT=MLT MU=MUS MV=MDV MW=MWI \
    MX=MEX MY=MYS MZ=MOZ NA=NAM NC=NCL NE=NER NF=NFK NG=NGA NI=NIC NL=NLD NO=NOR NP=NPL \
    NR=NRU NU=NIU NZ=NZL OM=OMN PA=PAN PE=PER PF=PYF PG=PNG PH=PHL PK=PAK PL=POL PM=SPM \
    PN=PCN PR=PRI PS=PSE PT=PRT PW=PLW PY=PRY QA=QAT RE=REU RO=ROU RS=SRB RU=RUS RW=RWA \
    SA=SAU SB=SLB SC=SYC SD=SDN SE=SWE SG=SGP SH=SHN SI=SVN SJ=SJM SK=SVK SL=SLE SM=SMR \
    SN=SEN SO=SOM SR=SUR SS=SSD ST=STP SV=SLV SX=SXM SY=SYR SZ=SWZ TC=TCA TD=TCD TF=ATF \
    TG=TGO TH=THA TJ=TJK TK=TKL TL=TLS TM=TKM TN=TUN TO=TON TR=TUR TT=TTO TV=TUV TW=TWN \
    TZ=TZA UA=UKR UG=UGA UM=UMI US=USA UY=URY UZ=UZB VA=VAT VC=VCT VE=VEN VG=VGB VI=VIR \
    VN=VNM VU=VUT WF=WLF WS=WSM YE=YEM YT=MYT ZA=ZAF ZM=ZMB ZW=ZWE";

/// Other ways to write a state, among them those of ICAO Doc 9303 Part 3 section 5.
pub(super) const ALIASES: &str = "\
    D=DEU GBD=GBR GBN=GBR GBO=GBR GBP=GBR GBS=GBR UK=GBR EL=GRC XK=RKS XKX=RKS \
    EU=EUE UN=UNO ROM=ROU ZAR=COD TMP=TLS BUR=MMR";

/// Codes that stand for themselves: issuers and nationalities of Doc 9303 that are no
/// states, states that are no more, Utopia of Doc 9303, and Ruritania of our examples.
pub(super) const OTHERS: &str = "\
    EUE RKS UNA UNK UNO XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO XXA XXB XXC XXX \
    ANT CSK DDR SCG SUN YUG UTO RUR";

/// The alpha-3 code of a state or issuer.
///
/// Reads ISO 3166-1 alpha-2 and alpha-3, the codes of ICAO Doc 9303 (`D`, `GBN`) and
/// the fillers of its machine-readable zone, in any case. The five British codes of
/// Doc 9303 name one issuer.
pub fn country(code: &str) -> Option<&'static str> {
    let code = code.trim().trim_end_matches('<').to_ascii_uppercase();
    alias(ALIASES, &code)
        .or_else(|| alias(ISO_3166, &code))
        .or_else(|| OTHERS.split(' ').find(|other| *other == code))
}

/// Finds a code on either side of the pairs of a table.
fn alias(table: &'static str, code: &str) -> Option<&'static str> {
    table
        .split(' ')
        .filter_map(|pair| pair.split_once('='))
        .find(|(from, to)| *from == code || *to == code)
        .map(|(_, to)| to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_state_gives_one_code() {
        for (written, code) in [
            ("D", "DEU"),
            ("D<<", "DEU"),
            ("de", "DEU"),
            ("DEU", "DEU"),
            ("UK", "GBR"),
            ("GBN", "GBR"),
            ("EL", "GRC"),
            ("XKX", "RKS"),
            ("RKS", "RKS"),
            ("ZAR", "COD"),
            ("UTO", "UTO"),
            ("RUR", "RUR"),
            ("ZW", "ZWE"),
            ("AD", "AND"),
        ] {
            assert_eq!(country(written), Some(code), "{written}");
        }
    }

    #[test]
    fn the_list_of_states_is_whole_and_well_formed() {
        let pairs: Vec<_> = ISO_3166.split(' ').collect();
        assert_eq!(pairs.len(), 249);
        assert!(
            pairs
                .iter()
                .all(|pair| pair.len() == 6 && pair.split_once('=').is_some())
        );
    }

    #[test]
    fn other_texts_are_no_states() {
        for written in ["", "<", "=", "QQQ", "A", "DE=", "D=DEU", "DEUT", "Österreich", "DE DEU"] {
            assert_eq!(country(written), None, "{written}");
        }
    }
}
