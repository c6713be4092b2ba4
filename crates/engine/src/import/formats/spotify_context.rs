//! On what Spotify played, from its free text.

use music::Device;

/// Words that tell a kind of device, in the order in which they are looked for.
///
/// *Source*: the `platform` texts of extended histories since 2011, such as `Android OS 9 API 28 (HUAWEI, …)`,
/// `iOS 13.3 (iPad6,11)`, `Partner sonos_ppc Sonos;Play1`, `web_player windows 10;chrome 80`, and the single words of
/// later files (`android`, `ios`, `osx`, `windows`, `linux`, `cast`).
const WORDS: [(&str, Device); 38] = [
    ("carplay", Device::Car),
    ("android auto", Device::Car),
    ("android_auto", Device::Car),
    ("carthing", Device::Car),
    ("tesla", Device::Car),
    ("watch", Device::Wearable),
    ("wear os", Device::Wearable),
    ("garmin", Device::Wearable),
    ("fitbit", Device::Wearable),
    ("playstation", Device::Console),
    ("ps3", Device::Console),
    ("ps4", Device::Console),
    ("ps5", Device::Console),
    ("xbox", Device::Console),
    ("android_tv", Device::Television),
    ("android tv", Device::Television),
    ("androidtv", Device::Television),
    ("cast_tv", Device::Television),
    ("apple_tv", Device::Television),
    ("apple tv", Device::Television),
    ("appletv", Device::Television),
    ("fire_tv", Device::Television),
    ("samsung_tv", Device::Television),
    ("roku", Device::Television),
    ("webos", Device::Television),
    ("sonos", Device::Speaker),
    ("google_home", Device::Speaker),
    ("amazon_salmon", Device::Speaker),
    ("echo", Device::Speaker),
    ("speaker", Device::Speaker),
    ("ipad", Device::Tablet),
    ("web_player", Device::Computer),
    ("webplayer", Device::Computer),
    ("windows phone", Device::Phone),
    ("windows", Device::Computer),
    ("os x", Device::Computer),
    ("osx", Device::Computer),
    ("linux", Device::Computer),
];

/// The kind of device, where the text is plain about it.
pub(super) fn device(platform: &str) -> Option<Device> {
    let text = platform.to_ascii_lowercase();
    let told = WORDS.into_iter().find_map(|(word, device)| text.contains(word).then_some(device));
    // Said by the most different things, so asked last.
    told.or_else(|| {
        let is_phone = text.starts_with("android") || text.starts_with("ios") || text.contains("iphone");
        is_phone.then_some(Device::Phone)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_where_the_text_is_plain() {
        for (platform, expected) in [
            ("Android OS 9 API 28 (HUAWEI, CLT-L29)", Some(Device::Phone)),
            ("iOS 13.3 (iPhone11,8)", Some(Device::Phone)),
            ("iOS 13.3 (iPad6,11)", Some(Device::Tablet)),
            ("ios", Some(Device::Phone)),
            ("OS X 10.15.7 [x86 8]", Some(Device::Computer)),
            ("Windows 10 (10.0.19042; x64)", Some(Device::Computer)),
            ("web_player windows 10;chrome 80", Some(Device::Computer)),
            ("Partner sonos_ppc Sonos;Play1", Some(Device::Speaker)),
            ("Partner google cast_tv;Chromecast Ultra", Some(Device::Television)),
            ("Partner sony_ps4 Sony;PS4", Some(Device::Console)),
            ("watchOS 7 (Watch6,2)", Some(Device::Wearable)),
            ("cast", None),
            ("not_applicable", None),
            ("", None),
        ] {
            assert_eq!(device(platform), expected, "{platform}");
        }
    }
}
