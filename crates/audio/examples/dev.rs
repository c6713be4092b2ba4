//! dev
fn main() {
    let out = std::env::args().nth(1).unwrap();
    let files: Vec<String> = std::env::args().skip(2).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| loop {
                let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(path) = files.get(i) else { break };
                let mut d = audio::Decoder::new(Box::new(std::fs::File::open(path).unwrap()), None).unwrap();
                let t0 = std::time::Instant::now();
                let sound = audio::Sound::read(&mut d).unwrap();
                let t1 = std::time::Instant::now();
                let d = audio::dev(&sound); let beats = d.beats;
                let t2 = std::time::Instant::now();
                let name = std::path::Path::new(path).file_stem().unwrap().to_str().unwrap();
                let text: String = beats.iter().map(|b| format!("{b:.4}\n")).collect();
                std::fs::write(format!("{out}/{name}.beats"), text).unwrap();
                let text: String = d.chords.iter().map(|(a, b, l)| format!("{a:.4}\t{b:.4}\t{l}\n")).collect();
                std::fs::write(format!("{out}/{name}.lab"), text).unwrap();
                std::fs::write(format!("{out}/{name}.key"), &d.key).unwrap();
                let text: String = d.melody.iter().map(|(a, b)| format!("{a:.4}\t{b:.2}\n")).collect();
                std::fs::write(format!("{out}/{name}.mel"), text).unwrap();
                println!("{name} {:.1}s decode {:.2} analyse {:.2}", sound.duration.0, (t1 - t0).as_secs_f64(), (t2 - t1).as_secs_f64());
            });
        }
    });
}
