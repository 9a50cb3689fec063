//! An HTTP answer, read to the byte.

use std::io::{self, BufRead};

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case, in the order of the answer.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every header of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.headers.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// Where it sends the browser on.
    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// The token of the first form on the page that has one.
    pub fn form_token(&self) -> Option<String> {
        self.hidden("_token")
    }

    /// The value of the first hidden field of a name that is not empty.
    pub fn hidden(&self, name: &str) -> Option<String> {
        let page = self.text();
        let start = format!("name=\"{name}\" value=\"");
        let values = page.split(&start).skip(1);
        let mut values = values.filter_map(|rest| rest.split_once('"').map(|(value, _)| value));
        values.find(|value| !value.is_empty()).map(plain)
    }

    /// The values of an attribute, wherever it stands on the page: enough to find addresses.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        let page = self.text();
        let start = format!(" {name}=\"");
        let pieces = page.split(&start).skip(1).map(|rest| {
            let (value, _) = rest.split_once('"').unwrap_or((rest, ""));
            plain(value)
        });
        pieces.collect()
    }

    /// Reads one answer. `bodiless` for an answer to HEAD.
    pub fn read(from: &mut impl BufRead, bodiless: bool) -> io::Result<Self> {
        let status = line(from)?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| broken("no status line"))?;
        let mut headers = Vec::new();
        loop {
            let header = line(from)?;
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').ok_or_else(|| broken(&header))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        if bodiless || matches!(status, 204 | 304) {
            return Ok(reply);
        }
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = chunks(from)?;
        } else if let Some(length) = reply.header("content-length") {
            let length: usize = length.parse().map_err(|_| broken("content-length"))?;
            reply.body = vec![0; length];
            from.read_exact(&mut reply.body)?;
        } else {
            from.read_to_end(&mut reply.body)?;
        }
        Ok(reply)
    }
}

/// Text out of HTML.
fn plain(html: &str) -> String {
    let text = html.replace("&quot;", "\"").replace("&#x27;", "'");
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

fn chunks(from: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(from)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(|_| broken("chunk"))?;
        let start = body.len();
        body.resize(start + size, 0);
        from.read_exact(&mut body[start..])?;
        line(from)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut text = String::new();
    if from.read_line(&mut text)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
