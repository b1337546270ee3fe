//! The least of multipart/form-data: parts with their names, file names and bytes.

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

/// The parts of a form, `None` if header or body are not one.
pub(crate) fn parse(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = content_type.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    let line = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = body.get(find(body, line.as_bytes())? + line.len()..)?;
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let head_end = find(after, b"\r\n\r\n")?;
        let content = after.get(head_end + 4..)?;
        let end = find(content, format!("\r\n{line}").as_bytes())?;
        parts.push(part(&String::from_utf8_lossy(after.get(..head_end)?), content.get(..end)?)?);
        rest = content.get(end + 2 + line.len()..)?;
    }
    rest.starts_with(b"--").then_some(parts)
}

fn part(head: &str, bytes: &[u8]) -> Option<Part> {
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        })
    };
    let disposition = header("content-disposition")?;
    let attribute = |wanted: &str| {
        disposition.split(';').find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == wanted).then(|| value.trim_matches('"').to_owned())
        })
    };
    Some(Part {
        name: attribute("name")?,
        file_name: attribute("filename"),
        content_type: header("content-type").unwrap_or("application/octet-stream").to_owned(),
        bytes: bytes.to_vec(),
    })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}
