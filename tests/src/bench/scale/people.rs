use contract::date::from_date;
use contract::registry::v1::RosterRow;
use kernel::Date;
use kernel::time::{date, days};

use super::calendar::Calendar;
use super::place::Place;
use crate::Chance;
use crate::city::citizen_id;

/// Days of birth. With fewer than a thousand children of one day every citizen ID is another.
const BIRTH_DAYS: u32 = 5_000;

/// Frequent family names, with roughly how many of ten thousand people bear them.
const FAMILY_NAMES: [(&str, u32); 24] = [
    ("王", 725),
    ("李", 719),
    ("张", 683),
    ("刘", 538),
    ("陈", 453),
    ("杨", 308),
    ("赵", 229),
    ("黄", 223),
    ("周", 212),
    ("吴", 205),
    ("徐", 166),
    ("孙", 154),
    ("胡", 131),
    ("朱", 126),
    ("高", 121),
    ("林", 119),
    ("何", 117),
    ("郭", 115),
    ("马", 110),
    ("罗", 95),
    ("梁", 90),
    ("宋", 88),
    ("郑", 86),
    ("谢", 83),
];

/// Those of everybody else, equally frequent.
const OTHER_FAMILY_NAMES: &str = "韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";

/// What given names are made of.
const GIVEN_NAME_PARTS: &str = "子雨梓浩宇轩涵欣怡佳思一诗俊博文嘉明泽天晨睿铭杰皓瑞家豪志鹏飞龙辰奕霖熙航乐静雅婷萱琪慧悦玲芳丽娜颖洁雪梦瑶婉晓春秋冬阳月星辉强军伟国建平安康宁福寿德仁义礼智信忠孝和顺兴旺永长远光亮清华荣贵富海江河山林松柏竹兰梅菊荷莲玉珍珠宝金银铁石磊森淼焱鑫";

const CATEGORIES: [&str; 5] = ["困境儿童", "困境儿童", "留守儿童", "事实无人抚养儿童", "残疾儿童"];

/// A number that follows from others and looks like no pattern.
pub(super) fn mixed(one: u32, other: u32) -> u64 {
    Chance::new(u64::from(one) << 32 | u64::from(other)).number()
}

/// One of so many, from 0.
pub(super) fn pick(one: u32, other: u32, of: usize) -> usize {
    usize::try_from(mixed(one, other) % of as u64).expect("it is smaller than a usize")
}

/// The `number`th made-up child, as its office's row.
pub(super) fn row(number: u32, place: &Place, calendar: &Calendar) -> RosterRow {
    let born = born(number, calendar);
    let village = &place.villages[pick(number, 1, place.villages.len())];
    let id = citizen_id(from_date(born), number / BIRTH_DAYS);
    RosterRow {
        number: i32::try_from(number % 1_000_000).expect("it fits") + 1,
        full_name: name(number, 2),
        sex: if id.as_bytes()[16] % 2 == 1 { "男" } else { "女" }.to_owned(),
        citizen_id: id,
        birth_date: born.to_string(),
        county: village.county.clone(),
        township: village.township.clone(),
        village: village.name.clone(),
        categories: CATEGORIES[pick(number, 3, CATEGORIES.len())].to_owned(),
        guardian_name: name(number, 4),
        guardian_relation: "祖母".to_owned(),
        phone: format!("139{:08}", number % 100_000_000),
        school_stage: "小学".to_owned(),
        disability_grade: String::new(),
        bank_account: format!("622200003716{number:08}"),
        confirmed_on: calendar.confirmed_on().to_string(),
        remarks: String::new(),
    }
}

/// The day of birth of the `number`th child: at least two years ago, at most sixteen, so that nobody grows up meanwhile.
pub(super) fn born(number: u32, calendar: &Calendar) -> Date {
    let first = date(i32::from(calendar.today.year()) - 15, 1, 1).expect("a day of January");
    first.saturating_add(days(i64::from(number % BIRTH_DAYS)))
}

fn name(number: u32, salt: u32) -> String {
    let common: u32 = FAMILY_NAMES.iter().map(|(_, share)| share).sum();
    let mut at = u32::try_from(mixed(number, salt) % 10_000).expect("it is below ten thousand");
    let mut name = String::new();
    if at < common {
        for (family, share) in FAMILY_NAMES {
            if at < share {
                name.push_str(family);
                break;
            }
            at -= share;
        }
    } else {
        name.push(one_of(OTHER_FAMILY_NAMES, number, salt + 100));
    }
    // One of seven has a given name of one character.
    let characters = if pick(number, salt + 200, 7) == 0 { 1 } else { 2 };
    for character in 0..characters {
        name.push(one_of(GIVEN_NAME_PARTS, number, salt + 300 + character));
    }
    name
}

/// The same name with its last character mistaken.
pub(super) fn misspelt(name: &str) -> String {
    let mut characters: Vec<char> = name.chars().collect();
    if let Some(last) = characters.last_mut() {
        *last = if *last == '晓' { '小' } else { '晓' };
    }
    characters.into_iter().collect()
}

fn one_of(characters: &str, number: u32, salt: u32) -> char {
    characters.chars().nth(pick(number, salt, characters.chars().count())).expect("it is smaller than the count")
}
