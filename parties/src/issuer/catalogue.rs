//! The cards of a citizen's day. Every name and number is fictional: the people are Hong Gildong and his kind, the numbers fail
//! their check digits.

use serde_json::{Value, json};

use crate::encoding::base64;
use crate::jwt_vc::DataModel;
use crate::png;

/// What a card is issued as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardFormat {
    /// `dc+sd-jwt`, bound to a key of the holder's.
    SdJwtVc,
    /// `ldp_vc` with a proof of bbs-2023, bound to nothing.
    Bbs2023,
    /// The same, bound to a secret of the holder's.
    Bbs2023Bound,
    /// The same, with one for pseudonyms beside it: one for each citizen.
    Bbs2023Pseudonym,
    /// `ldp_vc` with a proof of ecdsa-sd-2023, bound to nothing.
    EcdsaSd2023,
    /// `jwt_vc_json`, whose subject is a key of the holder's.
    JwtVc(JwtVcType),
}

/// What kind of `jwt_vc_json`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct JwtVcType {
    pub(crate) model: DataModel,
    /// Its type, besides the one all credentials have.
    pub(crate) name: &'static str,
}

impl CardFormat {
    /// The feature of bbs-2023 (vc-di-bbs) a wallet must send a commitment for.
    pub(crate) fn feature(self) -> Option<&'static str> {
        match self {
            Self::Bbs2023Bound => Some("anonymous_holder_binding"),
            Self::Bbs2023Pseudonym => Some("holder_binding_pseudonym"),
            _ => None,
        }
    }
}

/// The type of a citizen's identity as JWT.
const CITIZEN_ID: &str = "CitizenIdCredential";

/// One kind of card an issuer can issue.
pub(crate) struct Card {
    /// `credential_configuration_id`.
    pub(crate) id: &'static str,
    pub(crate) format: CardFormat,
    /// Last part of the type's URL, where it has one, and of its logo's.
    pub(crate) type_name: &'static str,
    /// Name in Korean and in English.
    pub(crate) names: [&'static str; 2],
    /// Description in Korean and in English.
    pub(crate) descriptions: [&'static str; 2],
    pub(crate) background_color: &'static str,
    pub(crate) logo_rgb: [u8; 3],
    /// Claims with their labels, in the order of the card's face.
    pub(crate) claims: Vec<Claim>,
    /// What is claimed about the holder.
    pub(crate) values: Value,
    /// Claims whose path is selectively disclosable, children of recursive disclosures included. All of an `ldp_vc` are.
    pub(crate) disclosable: Vec<Value>,
    /// Whether each copy has an entry in the issuer's status list.
    pub(crate) has_status: bool,
}

/// A claim with its labels.
pub(crate) struct Claim {
    pub(crate) path: Value,
    /// Label in Korean and in English.
    pub(crate) labels: [&'static str; 2],
}

fn claim(path: Value, korean: &'static str, english: &'static str) -> Claim {
    Claim {
        path,
        labels: [korean, english],
    }
}

pub(crate) fn cards() -> Vec<Card> {
    vec![
        resident_card(),
        driving_licence(),
        citizen_id("citizen_id_bbs", CardFormat::Bbs2023),
        citizen_id("citizen_id_bound", CardFormat::Bbs2023Bound),
        citizen_id("citizen_id_pseudonym", CardFormat::Bbs2023Pseudonym),
        citizen_id("citizen_id_ecdsa_sd", CardFormat::EcdsaSd2023),
        Card {
            has_status: true,
            ..citizen_id("citizen_id_jwt", jwt_vc(DataModel::V1, CITIZEN_ID))
        },
        citizen_id("citizen_id_vc_jwt", jwt_vc(DataModel::V2, CITIZEN_ID)),
        bank_card(),
    ]
}

fn resident_card() -> Card {
    let portrait = base64(&png::portrait(88, "Hong Gildong"));
    Card {
        id: "resident_card",
        format: CardFormat::SdJwtVc,
        type_name: "resident-card",
        names: ["주민등록증", "Resident card"],
        descriptions: ["가상의 주민등록증", "A fictional resident card"],
        background_color: "#0b4f6c",
        logo_rgb: [11, 79, 108],
        claims: vec![
            claim(json!(["portrait"]), "사진", "Portrait"),
            claim(json!(["name"]), "이름", "Name"),
            claim(json!(["birthdate"]), "생년월일", "Date of birth"),
            claim(
                json!(["resident_registration_number"]),
                "주민등록번호",
                "Resident registration number",
            ),
            claim(json!(["address"]), "주소", "Address"),
            claim(json!(["address", "region"]), "시·도", "Region"),
            claim(json!(["address", "locality"]), "시·군·구", "District"),
            claim(json!(["address", "street_address"]), "도로명", "Street"),
            claim(json!(["address", "postal_code"]), "우편번호", "Postal code"),
            claim(json!(["nationality"]), "국적", "Nationality"),
            claim(json!(["age_equal_or_over"]), "나이 확인", "Age at least"),
        ],
        values: json!({
            "name": "홍길동",
            "name_latin": "HONG GILDONG",
            "birthdate": "1999-01-01",
            "resident_registration_number": "990101-1000000",
            "sex": "M",
            "nationality": "KR",
            "address": {
                "region": "가상특별시",
                "locality": "율도구",
                "street_address": "활빈로 0",
                "postal_code": "00000",
                "country": "KR",
            },
            "portrait": format!("data:image/png;base64,{portrait}"),
            "age_equal_or_over": {"14": true, "19": true, "65": false},
            "issuing_authority": "율도구청장",
            "date_of_issue": "2026-01-02",
        }),
        disclosable: vec![
            json!(["name"]),
            json!(["name_latin"]),
            json!(["birthdate"]),
            json!(["resident_registration_number"]),
            json!(["sex"]),
            json!(["nationality"]),
            json!(["address"]),
            json!(["address", "region"]),
            json!(["address", "locality"]),
            json!(["address", "street_address"]),
            json!(["address", "postal_code"]),
            json!(["address", "country"]),
            json!(["portrait"]),
            json!(["age_equal_or_over", "14"]),
            json!(["age_equal_or_over", "19"]),
            json!(["age_equal_or_over", "65"]),
            json!(["date_of_issue"]),
        ],
        has_status: false,
    }
}

fn driving_licence() -> Card {
    Card {
        id: "driving_licence",
        format: CardFormat::SdJwtVc,
        type_name: "driving-licence",
        names: ["운전면허증", "Driving licence"],
        descriptions: ["가상의 운전면허증", "A fictional driving licence"],
        background_color: "#7a4b00",
        logo_rgb: [122, 75, 0],
        claims: vec![
            claim(json!(["name"]), "이름", "Name"),
            claim(json!(["birthdate"]), "생년월일", "Date of birth"),
            claim(json!(["licence_number"]), "면허번호", "Licence number"),
            claim(json!(["classes"]), "면허 종류", "Classes"),
            claim(json!(["classes", null, "code"]), "종류", "Class"),
            claim(json!(["conditions"]), "조건", "Conditions"),
            claim(json!(["expiry_date"]), "갱신기한", "Valid until"),
        ],
        values: json!({
            "name": "홍길동",
            "birthdate": "1999-01-01",
            "licence_number": "00-00-000000-00",
            "classes": [
                {"code": "1종 보통", "since": "2020-03-04"},
                {"code": "2종 소형", "since": "2022-05-06"},
            ],
            "conditions": ["A", "F"],
            "expiry_date": "2035-12-31",
            "issuing_authority": "가상경찰청장",
        }),
        disclosable: vec![
            json!(["name"]),
            json!(["birthdate"]),
            json!(["licence_number"]),
            json!(["classes", null]),
            json!(["conditions"]),
            json!(["conditions", null]),
            json!(["expiry_date"]),
        ],
        has_status: true,
    }
}

/// The resident card in the vocabulary of [`crate::data_integrity`]. No status where showings are not to be linked: an index in a status list is shown each
/// time, and tells one citizen from all others.
fn citizen_id(id: &'static str, format: CardFormat) -> Card {
    let portrait = base64(&png::portrait(88, "Hong Gildong"));
    let of_subject = |name: &str| json!(["credentialSubject", name]);
    let of_address = |name: &str| json!(["credentialSubject", "address", name]);
    Card {
        id,
        format,
        type_name: "citizen-id",
        names: ["시민증", "Citizen ID"],
        descriptions: ["가상의 시민증", "A fictional citizen ID"],
        background_color: "#2d4739",
        logo_rgb: [45, 71, 57],
        claims: vec![
            claim(of_subject("portrait"), "사진", "Portrait"),
            claim(of_subject("name"), "이름", "Name"),
            claim(of_subject("birthdate"), "생년월일", "Date of birth"),
            claim(
                of_subject("resident_registration_number"),
                "주민등록번호",
                "Resident registration number",
            ),
            claim(of_subject("address"), "주소", "Address"),
            claim(of_address("region"), "시·도", "Region"),
            claim(of_address("locality"), "시·군·구", "District"),
            claim(of_address("street_address"), "도로명", "Street"),
            claim(of_address("postal_code"), "우편번호", "Postal code"),
            claim(of_subject("nationality"), "국적", "Nationality"),
            claim(of_subject("age_over_14"), "14세 이상", "Aged 14 or over"),
            claim(of_subject("age_over_19"), "19세 이상", "Aged 19 or over"),
            claim(of_subject("age_over_65"), "65세 이상", "Aged 65 or over"),
        ],
        values: json!({
            "name": "홍길동",
            "name_latin": "HONG GILDONG",
            "birthdate": "1999-01-01",
            "resident_registration_number": "990101-1000000",
            "sex": "M",
            "nationality": "KR",
            "address": {
                "region": "가상특별시",
                "locality": "율도구",
                "street_address": "활빈로 0",
                "postal_code": "00000",
                "country": "KR",
            },
            "portrait": format!("data:image/png;base64,{portrait}"),
            "age_over_14": true,
            "age_over_19": true,
            "age_over_65": false,
            "issuing_authority": "율도구청장",
            "date_of_issue": "2026-01-02",
        }),
        disclosable: Vec::new(),
        has_status: false,
    }
}

fn jwt_vc(model: DataModel, name: &'static str) -> CardFormat {
    CardFormat::JwtVc(JwtVcType { model, name })
}

/// What a bank says of the holder of an account.
fn bank_card() -> Card {
    let of_subject = |name: &str| json!(["credentialSubject", name]);
    Card {
        id: "bank_card_vc_jwt",
        format: jwt_vc(DataModel::V2, "BankCardCredential"),
        type_name: "bank-card",
        names: ["은행 카드", "Bank card"],
        descriptions: ["가상의 은행 카드", "A fictional bank card"],
        background_color: "#3b2e5a",
        logo_rgb: [59, 46, 90],
        claims: vec![
            claim(of_subject("name"), "예금주", "Account holder"),
            claim(of_subject("account_number"), "계좌번호", "Account number"),
            claim(of_subject("bank"), "은행", "Bank"),
            claim(of_subject("expiry_date"), "유효기간", "Valid until"),
        ],
        values: json!({
            "name": "홍길동",
            "account_number": "***-***-**0000",
            "bank": "가상은행",
            "expiry_date": "2030-12-31",
        }),
        disclosable: Vec::new(),
        has_status: false,
    }
}
