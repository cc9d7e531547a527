use super::*;
use profkit_core::{Function, StringId};
use std::time::{Duration, Instant};

fn shows(name: &str, shown: &str) {
    assert_eq!(demangled(name).as_deref(), Some(shown), "{name}");
}

fn stays(name: &str) {
    assert_eq!(demangled(name), None, "{name}");
}

#[test]
fn names_of_cpp() {
    shows("_Z3fooi", "foo(int)");
    shows("__Z3fooi", "foo(int)");
    shows("_ZN4shop6Basket3addERKNS_4ItemE", "shop::Basket::add(shop::Item const&)");
    shows(
        "_ZN4shop3sumIiEET_RKSt6vectorIS1_SaIS1_EE",
        "int shop::sum<int>(std::vector<int, std::allocator<int> > const&)",
    );
    shows("_ZTV6Basket", "{vtable(Basket)}");
    shows("_ZN6BasketC2Ev", "Basket::Basket()");
}

#[test]
fn clones_of_cpp() {
    shows("_Z3fooi.isra.0", "foo(int) [clone .isra.0]");
    shows("_Z3fooi.part.1", "foo(int) [clone .part.1]");
    shows("_ZN1a1bEv.cold", "a::b() [clone .cold]");
    shows("_Z3fooi.constprop.0.isra.2", "foo(int) [clone .constprop.0] [clone .isra.2]");
}

#[test]
fn names_of_rust() {
    shows("_ZN4shop6Basket3add17h0123456789abcdefE", "shop::Basket::add");
    shows("__ZN4shop6Basket3add17h0123456789abcdefE", "shop::Basket::add");
    shows("_ZN4shop3sum17h0123456789abcdefE.llvm.1234567890ABCDEF", "shop::sum");
    shows(
        "_ZN51_$LT$shop..Basket$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
        "<shop::Basket as core::fmt::Display>::fmt",
    );
    shows("_RNvCs1234_7mycrate3foo", "mycrate::foo");
    shows("_RNvMNtCs1234_4shop6basketNtB2_6Basket3add", "<shop::basket::Basket>::add");
    shows("_RINvCs1234_4shop3sumlE", "shop::sum::<i32>");
    shows("_RNvC6_123foo3bar.llvm.9D1C9369", "123foo::bar");
}

#[test]
fn anything_else_stays() {
    for name in ["", "_", "_Z", "_R", "main", "_main", "Z3foov", "_Zed", "_Running", "_____Z3foov", "_Z3foov and more"]
    {
        stays(name);
    }
    for name in ["_Z3fo", "_ZN3fooE_", "_ZN4shop3sum17h0123456789abcdefE and more", "_RNvC3foo", "$s4main3fooyyF"] {
        stays(name);
    }
}

#[test]
fn what_is_shown_looks_no_longer_mangled() {
    stays("_ZN4_Z1f17h0123456789abcdefE");
    stays("_Z4_Z1fv");
    shows("_ZN1a4_Z1fEv", "a::_Z1f()");
}

fn hostile() -> Vec<String> {
    let doubling = |from: usize| {
        (from..24).fold(String::new(), |name, index| {
            let digit = char::from_digit(index as u32, 36).unwrap().to_ascii_uppercase();
            format!("{name}1aIS{digit}_S{digit}_E")
        })
    };
    let units = [
        "C1I",
        "SsIJ",
        "St3fooI",
        "S_I",
        "1aIJ",
        "N",
        "LZ",
        "PF",
        "Xcl",
        "DpT_",
        "T_I",
        "P",
        "RINvC1aB_",
        "B_",
        "TB_B_",
    ];
    let chains = units.iter().flat_map(|unit| {
        [8, 30, 400, 20_000].into_iter().flat_map(move |times| {
            ["_Z", "_Z1f", "_Z1fI", "_ZN1fI", "_R", "_RINvC1a1b", "_ZN"].into_iter().flat_map(move |head| {
                let chain = unit.repeat(times);
                ["", "E", "v", "17h0123456789abcdefE"].map(|tail| format!("{head}{chain}{tail}"))
            })
        })
    });
    let numbers =
        ["_Z99999999999999999999f", "_ZN4294967295fE", "_RNvC18446744073709551616a", "_ZS999999999999999999_"];
    chains
        .chain(numbers.map(str::to_owned))
        .chain([
            format!("_Z1fI1aIiE{}", doubling(0)),
            format!("_Z1f1aIiE{}", doubling(0)),
            format!("_Z1f1a{}", doubling(0)),
        ])
        .collect()
}

#[test]
fn hostile_names_take_little() {
    let start = Instant::now();
    let names = hostile();
    for name in &names {
        let shown = demangled(name).unwrap_or_default();
        assert!(shown.len() <= name.len() * MOST_GROWTH, "{name}");
    }
    // A thousand times more than it takes is far less than what a doubling would.
    assert!(start.elapsed() < Duration::from_secs(60), "{} names took {:?}", names.len(), start.elapsed());
}

#[test]
fn broken_names_never_panic() {
    let whole = [
        "_ZN4shop3sumIiEET_RKSt6vectorIS1_SaIS1_EE.isra.0",
        "_ZN51_$LT$shop..Basket$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
        "_RNvMNtCs1234_4shop6basketINtB2_6BasketlKj1_E3add",
        "_ZZN1aC1EvENKUlT_E_clIiEEDaS0_",
    ];
    for name in whole {
        for length in 0..name.len() {
            let _ = demangled(&name[..length]);
            for byte in ["\u{e9}", "\0", "E", "9", "_", "I", "S", "Z"] {
                let _ = demangled(&format!("{}{byte}{}", &name[..length], &name[length + 1..]));
            }
        }
    }
}

fn profile_of(names: &[(&str, &str)]) -> Profile {
    let mut profile = Profile::default();
    for (name, system_name) in names {
        let (name, system_name) = (profile.string(name), profile.text(system_name));
        profile.function(Function { system_name, ..Function::named(name) });
    }
    profile
}

fn names_in(profile: &Profile) -> Vec<(&str, &str)> {
    let text = |id: Option<StringId>| profile.strings.text(id);
    profile.functions.iter().map(|(_, it)| (text(Some(it.name)), text(it.system_name))).collect()
}

#[test]
fn the_mangled_name_is_kept() {
    let clones = [("_ZN1a1b17h0123456789abcdefE", ""), ("_ZN1a1b17hfedcba9876543210E", ""), ("_Z1cv", "_Z1cv")];
    let mut profile = profile_of(&clones);
    demangle(&mut profile, &mut Notes::new());
    let both = [("a::b", clones[0].0), ("a::b", clones[1].0), ("c()", "_Z1cv")];
    assert_eq!(names_in(&profile), both);
    demangle(&mut profile, &mut Notes::new());
    assert_eq!(names_in(&profile), both);
}

#[test]
fn another_system_name_is_kept_and_the_mangled_name_is_lost() {
    let mut profile = profile_of(&[("_Z1cv", "c@@V1")]);
    let mut notes = Notes::new();
    demangle(&mut profile, &mut notes);
    assert_eq!(names_in(&profile), [("c()", "c@@V1")]);
    assert!(notes.first_loss().is_some_and(|note| note.example.as_deref() == Some("_Z1cv")));
}

#[test]
fn all_names_together_have_a_bound() {
    let args = "1aIS_S_E".repeat(4);
    let names: Vec<String> = (0..3000).map(|it| format!("_Z4f{it:03}I{}{args}Ev", "1bIiiiiiE".repeat(20))).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let mut profile = profile_of(&rows);
    let mangled: usize = names.iter().map(String::len).sum();
    demangle(&mut profile, &mut Notes::new());
    assert!(names_in(&profile).iter().map(|(name, _)| name.len()).sum::<usize>() <= mangled * 9 + (1 << 20));
}
