//! Everything the profile can say: its fields, and which of them may stand several times.

/// Makes the closed list of fields from their paths.
macro_rules! fields {
    ($($name:ident = $path:literal in $list:expr;)+) => {
        /// A field of the profile, by its path.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(in crate::ingest) enum Field {
            $(#[doc = concat!("`", $path, "`")] $name,)+
        }

        impl Field {
            /// Every field, in the order of the profile.
            pub(in crate::ingest) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its path: `flight.carrier`, `docs.number`.
            pub(in crate::ingest) const fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }

            /// The list it stands in; none if a line has it once.
            pub(in crate::ingest) const fn list(self) -> Option<List> {
                match self {
                    $(Self::$name => $list,)+
                }
            }
        }
    };
}

fields! {
    Source = "src" in None;
    SourceId = "src_id" in None;
    Version = "ver" in None;
    Operation = "op" in None;
    SeenAt = "seen_at" in None;
    Carrier = "flight.carrier" in None;
    Number = "flight.number" in None;
    Suffix = "flight.suffix" in None;
    Date = "flight.date" in None;
    Departure = "flight.dep" in None;
    Arrival = "flight.arr" in None;
    DepartureLocal = "flight.dep_local" in None;
    ArrivalLocal = "flight.arr_local" in None;
    OperatingCarrier = "flight.op_carrier" in None;
    OperatingNumber = "flight.op_number" in None;
    System = "booking.system" in None;
    Locator = "booking.locator" in None;
    Created = "booking.created" in None;
    OtherLocator = "booking.locators" in Some(List::Locators);
    OtherLocatorSystem = "booking.locators.system" in Some(List::Locators);
    OtherLocatorCode = "booking.locators.locator" in Some(List::Locators);
    OtherLocatorCreated = "booking.locators.created" in Some(List::Locators);
    Role = "person.role" in None;
    Kind = "person.kind" in None;
    Surname = "person.surname" in None;
    Given = "person.given" in None;
    Second = "person.second" in None;
    Title = "person.title" in None;
    Sex = "person.sex" in None;
    Birth = "person.dob" in None;
    Nationality = "person.nat" in Some(List::Nationalities);
    BirthPlace = "person.birth_place" in None;
    Residence = "person.residence" in None;
    DocumentType = "docs.type" in Some(List::Documents);
    DocumentNumber = "docs.number" in Some(List::Documents);
    DocumentIssuer = "docs.issuer" in Some(List::Documents);
    DocumentExpiry = "docs.expiry" in Some(List::Documents);
    DocumentIssued = "docs.issued" in Some(List::Documents);
    DocumentVerified = "docs.verified" in Some(List::Documents);
    ContactKind = "contacts.kind" in Some(List::Contacts);
    ContactValue = "contacts.value" in Some(List::Contacts);
    ContactHolder = "contacts.holder" in Some(List::Contacts);
    PaymentKind = "pay.kind" in Some(List::Payments);
    PaymentVendor = "pay.vendor" in Some(List::Payments);
    PaymentBin = "pay.bin" in Some(List::Payments);
    PaymentLast4 = "pay.last4" in Some(List::Payments);
    PaymentExpiry = "pay.exp" in Some(List::Payments);
    PaymentToken = "pay.token" in Some(List::Payments);
    Programme = "ff.prog" in Some(List::Members);
    Member = "ff.num" in Some(List::Members);
    Seat = "seat" in None;
    BagCount = "bags.n" in None;
    BagWeight = "bags.kg" in None;
    BagTag = "bags.tags" in Some(List::Tags);
    AgencyIata = "agency.iata" in None;
    AgencyOffice = "agency.office" in None;
    AgencyCountry = "agency.country" in None;
    Status = "status" in None;
}

/// What a line may have several of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::ingest) enum List {
    /// Other locators of the booking.
    Locators,
    /// Nationalities.
    Nationalities,
    /// Travel documents.
    Documents,
    /// Contacts.
    Contacts,
    /// Payments.
    Payments,
    /// Frequent flyer numbers.
    Members,
    /// Bag tags.
    Tags,
}

impl List {
    const ALL: [Self; 7] = [
        Self::Locators,
        Self::Nationalities,
        Self::Documents,
        Self::Contacts,
        Self::Payments,
        Self::Members,
        Self::Tags,
    ];

    /// Its path: `docs`.
    pub(in crate::ingest) const fn path(self) -> &'static str {
        match self {
            Self::Locators => "booking.locators",
            Self::Nationalities => "person.nat",
            Self::Documents => "docs",
            Self::Contacts => "contacts",
            Self::Payments => "pay",
            Self::Members => "ff",
            Self::Tags => "bags.tags",
        }
    }

    /// The list of a path.
    pub(in crate::ingest) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.path() == path)
    }

    /// The field an item is that is a text and no object.
    pub(in crate::ingest) const fn plain(self) -> Option<Field> {
        match self {
            Self::Locators => Some(Field::OtherLocator),
            Self::Nationalities => Some(Field::Nationality),
            Self::Tags => Some(Field::BagTag),
            Self::Documents | Self::Contacts | Self::Payments | Self::Members => None,
        }
    }
}

impl Field {
    /// The field of a path.
    pub(in crate::ingest) fn of(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.path() == path)
    }

    /// The field of a column heading: its path, in any case, `_` for `.` if the system likes that better.
    pub(in crate::ingest) fn of_heading(heading: &str) -> Option<Self> {
        let plain = |text: &str| text.trim().to_ascii_lowercase().replace('.', "_");
        let heading = plain(heading);
        Self::ALL.iter().copied().find(|field| plain(field.path()) == heading)
    }

    /// Whether a path is an object of the profile that holds fields.
    pub(in crate::ingest) fn is_group(path: &str) -> bool {
        matches!(path, "flight" | "booking" | "person" | "bags" | "agency")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_path_and_as_a_heading() {
        for field in Field::ALL {
            assert_eq!(Field::of(field.path()), Some(*field));
            assert_eq!(
                Field::of_heading(&field.path().replace('.', "_").to_uppercase()),
                Some(*field)
            );
        }
        assert_eq!(Field::of("person.meal"), None);
    }

    #[test]
    fn a_list_is_where_its_fields_say() {
        for field in Field::ALL {
            if let Some(list) = field.list() {
                assert!(field.path().starts_with(list.path()));
                assert_eq!(List::of(list.path()), Some(list));
            }
        }
    }
}
