//! Family names written in one character and romanized by several languages (SPEC.md 3.8).
//!
//! 陳 is Chen in Mandarin, Chan in Cantonese and Tan in Hokkien: no code made of letters
//! can know that. The table gives the Mandarin form of a dialect's one (or the common
//! Korean form of a rarer one) and is no equivalence: Wong may be 王 or 黃, so it is read
//! as Wang and as Huang, and those two stay apart.

use super::name::{Field, Name};

/// Dialect forms and the forms they are read as, which are not read on.
#[rustfmt::skip]
pub(super) const CLUSTERS: &[(&str, &[&str])] = &[
    ("ANG", &["HONG", "WANG"]), ("AU", &["OU"]), ("BAK", &["PARK"]), ("CHAI", &["CAI"]), ("CHAN", &["CHEN"]),
    ("CHANG", &["ZHANG"]), ("CHAO", &["ZHAO"]), ("CHEAH", &["XIE"]), ("CHEE", &["XU"]), ("CHENG", &["ZHENG"]),
    ("CHEONG", &["ZHANG"]), ("CHERN", &["CHEN"]), ("CHEUNG", &["ZHANG"]), ("CHEW", &["ZHOU"]), ("CHIA", &["XIE"]),
    ("CHIANG", &["JIANG"]), ("CHIEN", &["QIAN"]), ("CHIN", &["CHEN", "JIN"]), ("CHIU", &["ZHAO", "QIU"]),
    ("CHNG", &["ZHUANG"]), ("CHOE", &["CHOI"]), ("CHOI", &["CAI"]), ("CHONG", &["ZHANG"]), ("CHOO", &["ZHU"]),
    ("CHOONG", &["ZHONG"]), ("CHOU", &["ZHOU"]), ("CHOW", &["ZHOU"]), ("CHOY", &["CAI"]), ("CHU", &["ZHU"]),
    ("CHUA", &["CAI"]), ("CHUAH", &["CAI"]), ("CHUANG", &["ZHUANG"]), ("CHUI", &["XU"]), ("CHUNG", &["ZHONG"]),
    ("FONG", &["FANG", "FENG"]), ("FOO", &["FU", "HU"]), ("FUNG", &["FENG"]), ("GO", &["WU"]), ("GOH", &["WU"]),
    ("HO", &["HE"]), ("HSIA", &["XIA"]), ("HSIAO", &["XIAO"]), ("HSIEH", &["XIE"]), ("HSIUNG", &["XIONG"]),
    ("HSU", &["XU"]), ("HUI", &["XU"]), ("HUNG", &["HONG"]), ("HWANG", &["HUANG"]), ("IP", &["YE"]),
    ("KAO", &["GAO"]), ("KHAW", &["XU"]), ("KHOO", &["XU", "QIU"]), ("KHOR", &["XU"]), ("KO", &["GAO"]),
    ("KOH", &["XU", "GAO"]), ("KONG", &["JIANG"]), ("KOO", &["GU"]), ("KU", &["GU"]), ("KUEK", &["GUO"]),
    ("KUO", &["GUO"]), ("KUOK", &["GUO"]), ("KWAN", &["GUAN"]), ("KWOK", &["GUO"]), ("LAI", &["LI"]),
    ("LAM", &["LIN"]), ("LAU", &["LIU"]), ("LAW", &["LUO"]), ("LEE", &["LI", "YI"]), ("LEI", &["LI"]),
    ("LEONG", &["LIANG"]), ("LEUNG", &["LIANG"]), ("LEW", &["LIU"]), ("LIEW", &["LIU"]), ("LIM", &["LIN", "IM"]),
    ("LO", &["LUO"]), ("LOH", &["LUO"]), ("LOO", &["LU"]), ("LOOI", &["LU"]), ("LOW", &["LIU", "LUO"]),
    ("LUI", &["LU"]), ("LUM", &["LIN"]), ("LY", &["LI"]), ("MOK", &["MO"]), ("NEO", &["LIANG"]),
    ("NG", &["HUANG", "WU"]), ("NGO", &["WU"]), ("OEI", &["HUANG"]), ("OEY", &["HUANG"]), ("ONG", &["WANG"]),
    ("OOI", &["HUANG"]), ("PAI", &["BAI"]), ("PAK", &["PARK"]), ("PANG", &["FENG", "PENG"]), ("PHANG", &["PENG"]),
    ("PHUA", &["PAN"]), ("POON", &["PAN"]), ("PUN", &["PAN"]), ("QUEK", &["GUO"]), ("RHEE", &["YI"]),
    ("RI", &["YI"]), ("ROH", &["NOH"]), ("RYU", &["YU"]), ("SHEK", &["SHI"]), ("SHUM", &["SHEN"]),
    ("SIA", &["XIE"]), ("SIEW", &["XIAO"]), ("SIM", &["SHEN"]), ("SIOW", &["XIAO"]), ("SIU", &["XIAO"]),
    ("SO", &["SU"]), ("SOH", &["SU"]), ("SOO", &["SU"]), ("SOONG", &["SONG"]), ("SUNG", &["SONG"]),
    ("TAI", &["DAI"]), ("TAN", &["CHEN"]), ("TANG", &["DENG"]), ("TAY", &["ZHENG"]), ("TEE", &["ZHENG"]),
    ("TEH", &["ZHENG"]), ("TENG", &["DENG"]), ("TEO", &["ZHANG"]), ("TEOH", &["ZHANG"]), ("TIEN", &["TIAN"]),
    ("TIONG", &["ZHANG"]), ("TNG", &["TANG"]), ("TONG", &["TANG"]), ("TSAI", &["CAI"]), ("TSANG", &["ZENG"]),
    ("TSE", &["XIE"]), ("TSENG", &["ZENG"]), ("TSUI", &["XU"]), ("TUNG", &["DONG"]), ("UY", &["HUANG"]),
    ("WEE", &["HUANG"]), ("WONG", &["WANG", "HUANG"]), ("WOO", &["HU", "WU"]), ("YAP", &["YE"]), ("YEH", &["YE"]),
    ("YEO", &["YANG"]), ("YEOH", &["YANG"]), ("YEUNG", &["YANG"]), ("YIM", &["IM"]), ("YIP", &["YE"]),
    ("YONG", &["YANG"]), ("YOO", &["YU"]), ("YUEN", &["YUAN", "RUAN"]),
];

/// The name with the first token of the surname, then with that of the given names, read
/// as each of its other forms.
pub(super) fn readings(name: &Name) -> impl Iterator<Item = Name> {
    let surnames = of_field(&name.surname).map(|surname| Name {
        surname,
        given: name.given.plain(),
    });
    let given = of_field(&name.given).map(|given| Name {
        surname: name.surname.plain(),
        given,
    });
    surnames.chain(given)
}

fn of_field(field: &Field) -> impl Iterator<Item = Field> {
    let split = field.tokens.split_first();
    split.into_iter().flat_map(|(first, rest)| {
        forms(first).iter().map(|form| {
            let tokens = std::iter::once((*form).to_owned()).chain(rest.iter().cloned());
            Field::of_tokens(tokens.collect())
        })
    })
}

fn forms(token: &str) -> &'static [&'static str] {
    let found = CLUSTERS.binary_search_by_key(&token, |(form, _)| form);
    let entry = found.ok().and_then(|index| CLUSTERS.get(index));
    entry.map_or(&[], |(_, forms)| forms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_not_read_twice() {
        assert!(CLUSTERS.is_sorted_by(|(one, _), (other, _)| one < other));
        for (form, readings) in CLUSTERS {
            assert!(!readings.is_empty() && !readings.contains(form), "{form}");
        }
    }

    #[test]
    fn a_form_is_found_by_its_letters() {
        assert_eq!(forms("WONG"), ["WANG", "HUANG"]);
        assert_eq!(forms("YUEN"), ["YUAN", "RUAN"]);
        assert_eq!(forms("WANG"), [""; 0]);
    }
}
