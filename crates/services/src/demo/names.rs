//! Names from all over the world, put together at random: nobody is meant.

use std::collections::HashSet;

use tenure_domain::fold::search_fold;

use super::rng::Rng;

/// Given names.
const GIVEN: &str = "
Aaliyah Abena Adaeze Adil Adriana Agnieszka Ahmed Aiko Aisha Alejandro Aleksander Alice Alina Amara Amelia Amir Ana Anders Andrea Anika
Anna Antonio Anwar Arjun Astrid Ayumi Beatriz Benedikt Bianca Bilal Boris Bruno Camila Carlos Carmen Catarina Cedric Chandra Chiara Chidi
Chloe Clara Daichi Daniel Daria David Deepa Denis Devika Diego Dimitri Dora Edith Eduardo Ekow Elena Elif Elise Emeka Emil
Emma Enzo Erik Esther Eun-ji Eva Fatima Fatou Felix Fiona Florian Frida Gabriel Gita Giulia Goran Grace Greta Gustavo Hana
Hannah Haruto Hassan Helena Henrik Hiroshi Hugo Ibrahim Ida Ilse Imani Ines Ingrid Irene Isabel Ivan Jakub Jamal Jana Javier
Jelena Jin Joana Johan Jonas José Julia Jun Kamila Karim Kaori Katarzyna Keiko Kenji Khadija Kofi Kwame Lars Laszlo Laura
Layla Leila Leo Liam Lina Linh Lucia Luis Łukasz Magnus Mai Malik Manuel Marek Maria Marta Mateo Matthias Maya Mehmet
Mei Mia Miguel Milan Mina Miriam Mohammed Mónica Nadia Nanami Naomi Natalia Neema Nia Nikhil Nils Nina Noah Noor Nuno
Olga Oliver Omar Osman Otto Pablo Pavel Pedro Petra Pia Piotr Priya Rafael Rahul Rania Raúl Renata Rita Robert Rosa
Ruben Ruth Saara Salma Samir Samuel Sanjay Sara Selin Sen Shreya Silvia Simone Sofia Søren Stefan Sunita Svetlana Tadeo Takumi
Tamar Tariq Teresa Thandiwe Theo Thu Tomás Uma Valentina Vera Victor Viktoria Wanjiru Wei Yara Yasmin Youssef Yuki Zainab Zoë
";

/// Family names.
const FAMILY: &str = "
Abara Abdullah Achieng Acosta Adeyemi Aguilar Ahmad Akinola Almeida Andersson Appiah Arslan Asante Aydin Baker Banerjee Barros Bauer Becker Bekele
Benali Berg Bianchi Bjørnstad Blanco Boateng Bondarenko Borg Botha Braun Brennan Byrne Cabral Campos Carvalho Castillo Çelik Chaudhary Chavez Chen
Chukwu Clarke Cohen Conti Correia Costa Cruz Dahl Daniels Das Delgado Demir Desai Diallo Dias Diaz Dimitrov Dlamini Doyle Dubois
Duarte Edwards Eriksen Esposito Evans Farah Farouk Fernandes Ferrari Fischer Fleming Flores Fofana Fontaine Forsberg Fournier Fraser Fujimoto Fuentes Gallagher
Garcia Georgiou Ghosh Girard Gomes González Greco Gruber Gupta Gutierrez Haddad Hakimi Hansen Hartmann Hashimoto Hassan Hayashi Henry Hernandez Hoffmann
Holm Horvat Hughes Huang Hussein Ibarra Ibrahim Igwe Ishikawa Ito Iyer Jackson Jankowski Jansen Jensen Joshi Juarez Kamau Kaplan
Karlsson Kato Kaur Keller Khalil Khan Kim Kimani Kobayashi Koroma Kovács Kowalski Kruger Kumar Kurt Lambert Larsen Laurent Lehmann Lewis
Li Lim Lindqvist Lombardi Lopez Maalouf MacLeod Mahlangu Malik Mancini Marino Martins Mbeki Medina Mehta Meier Mendes Mensah Mitchell Molina
Moreau Moreno Mori Müller Murphy Mwangi Nakamura Ndiaye Nguyen Nielsen Novak Nowak Obi Odhiambo Okafor Oliveira Olsen Ortega Osei Owusu
Pacheco Park Patel Pereira Petrov Pham Popescu Quispe Rahman Ramos Rao Reddy Reyes Ribeiro Rossi Saito Sánchez Santos Sato Schneider
Sharma Shrestha Silva Singh Šimić Sørensen Suzuki Takahashi Tanaka Taylor Tembo Tran Vargas Vega Virtanen Vogel Wagner Wang Watanabe Weber
Winter Wójcik Yamamoto Yang Yıldız Zhang Zieliński Zimmermann
";

/// Hands out names; no two people answer to the same user name.
#[derive(Debug)]
pub(super) struct Names {
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    taken: HashSet<String>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { given: GIVEN.split_whitespace().collect(), family: FAMILY.split_whitespace().collect(), taken: HashSet::new() }
    }

    /// A name and its user name.
    pub(super) fn draw(&mut self, rng: &mut Rng) -> (&'static str, &'static str, String) {
        loop {
            let (given, family) = (*rng.pick(&self.given), *rng.pick(&self.family));
            let user_name = format!("{}.{}", plain(given), plain(family));
            if self.taken.insert(user_name.clone()) {
                return (given, family, user_name);
            }
        }
    }

    /// Another family name.
    pub(super) fn family(&self, rng: &mut Rng) -> &'static str {
        let family: &&'static str = rng.pick(&self.family);
        family
    }
}

/// A name in the letters a to z.
fn plain(name: &str) -> String {
    search_fold(name)
        .chars()
        // Letters that are no letter of the alphabet with a mark.
        .map(|c| match c {
            'ł' => 'l',
            'ø' => 'o',
            'ı' => 'i',
            other => other,
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_names_and_each_is_there_once() {
        let names = Names::new();
        for list in [&names.given, &names.family] {
            assert!(list.len() >= 190, "{}", list.len());
            assert_eq!(list.iter().collect::<HashSet<_>>().len(), list.len());
        }
    }

    #[test]
    fn user_names_are_plain_and_unique() {
        let (mut names, mut rng, mut seen) = (Names::new(), Rng::new(1, "names"), HashSet::new());
        for _ in 0..3000 {
            let (_, _, user_name) = names.draw(&mut rng);
            assert!(user_name.bytes().all(|b| b.is_ascii_lowercase() || b == b'.'), "{user_name}");
            assert!(seen.insert(user_name));
        }
        assert_eq!(
            (plain("Łukasz"), plain("Yıldız"), plain("Eun-ji"), plain("Søren")),
            ("lukasz".to_owned(), "yildiz".to_owned(), "eunji".to_owned(), "soren".to_owned())
        );
    }
}
