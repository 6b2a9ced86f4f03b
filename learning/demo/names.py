"""Names for the demo's learners, made up from given and family names that go together, each with its time zones."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """Where people come from: `weight` says how many of them, against the others."""

    weight: int
    zones: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]


def _place(weight: int, zones: str, given: str, family: str) -> Place:
    return Place(weight, tuple(zones.split()), tuple(given.split()), tuple(family.split()))


PLACES = (
    _place(
        11, "Europe/Lisbon Europe/Lisbon Atlantic/Azores",
        "Beatriz Tomás Leonor Duarte Matilde Rui Joana Vasco Teresa Nuno Mafalda Simão",
        "Carvalho Lopes Teixeira Faria Antunes Pinto Moreira Neves Sequeira Brandão",
    ),
    _place(
        11, "Europe/Madrid Europe/Madrid Atlantic/Canary",
        "Lucía Hugo Carmen Iker Nerea Álvaro Marta Jordi Paula Unai Noa Rafael",
        "Ibáñez Vidal Roca Santos Etxeberria Campos Serrano Molina Pascual Ferrer",
    ),
    _place(
        12, "Europe/Berlin Europe/Vienna Europe/Zurich",
        "Jana Moritz Anneke Till Frieda Lukas Merle Konrad Ida Benno Clara Jasper",
        "Albrecht Brandt Lorenz Engel Hartmann Voss Winkler Seidel Kaiser Thoma",
    ),
    _place(
        5, "Europe/Prague",
        "Zuzana Ondřej Eliška Marek Hana Vojtěch Lenka Matěj Alena Filip",
        "Dvořák Beneš Horák Kučera Fiala Pokorný Růžička Sedláček",
    ),
    _place(
        5, "Europe/Warsaw",
        "Kasia Tomasz Zofia Piotr Agnieszka Wojtek Hanna Jakub",
        "Kowal Mazur Sikora Wrona Zając Lis Sobczak Gajda",
    ),
    _place(
        9, "Europe/London",
        "Callum Priya Owen Theo Zara Rhys Idris Freya Kwame Harriet Leila Ewan",
        "Pritchard Osei Whitlock Ahmed Llewellyn Marsh Baptiste Rowe Fenwick Sharma",
    ),
    _place(
        4, "Europe/Dublin",
        "Maeve Aisling Niamh Cian Oisín Róisín Donal Gráinne",
        "Gallagher Byrne Doyle Kinsella Brennan Nolan Keane Foley",
    ),
    _place(
        6, "Europe/Helsinki Europe/Stockholm Europe/Oslo",
        "Aino Elias Signe Onni Tuva Lauri Astrid Mikko Solveig Henrik Saana Jonas",
        "Koskinen Lindqvist Bakken Laine Sandberg Moen Rantala Holm Virtanen Dahl",
    ),
    _place(
        6, "Europe/Istanbul",
        "Elif Deniz Zeynep Kerem Defne Emre Selin Baran Ceren Ozan",
        "Yıldız Aksoy Demir Aydın Kaya Arslan Korkmaz Güneş",
    ),
    _place(
        3, "Europe/Athens",
        "Eleni Nikos Danae Stavros Ioanna Petros",
        "Pappas Vlachos Marinos Kanelli Dimou Raptis",
    ),
    _place(
        7, "Africa/Lagos",
        "Adaeze Tunde Chidi Folake Ngozi Emeka Bayo Zainab Amara Segun",
        "Okonkwo Adeyemi Eze Balogun Nwosu Bello Okafor Ibrahim Afolabi Umeh",
    ),
    _place(
        4, "Africa/Accra",
        "Ama Kojo Efua Yaw Abena Kwesi Akosua Kofi",
        "Mensah Boateng Asante Owusu Agyeman Darko Appiah Tetteh",
    ),
    _place(
        5, "Africa/Nairobi",
        "Otieno Achieng Kamau Baraka Njeri Kiprop Wambui Akinyi Juma Chebet",
        "Odhiambo Kariuki Njoroge Wafula Cheruiyot Omondi Mutua Kimani",
    ),
    _place(
        4, "Africa/Johannesburg",
        "Thandi Sipho Lindiwe Naledi Pieter Zanele Themba Anika",
        "Ndlovu Dlamini Mokoena Khumalo Botha Naidoo Molefe Zulu",
    ),
    _place(
        3, "Africa/Addis_Ababa",
        "Selam Dawit Abebe Hanna Yonas Meron",
        "Tadesse Bekele Haile Girma Alemu Wolde",
    ),
    _place(
        7, "Africa/Cairo Asia/Beirut Africa/Casablanca",
        "Nour Karim Salma Youssef Rania Tarek Yasmine Hicham Leïla Ziad Mona Amine",
        "Haddad Mansour Benali Khoury Farouk Alaoui Saleh Nassar Idrissi Aziz",
    ),
    _place(
        14, "Asia/Kolkata",
        "Ananya Rohan Meera Arjun Kavya Vikram Ishita Nikhil Divya Farhan Lakshmi Sameer",
        "Iyer Banerjee Deshpande Kulkarni Nair Chauhan Reddy Sheikh Menon Bhatt",
    ),
    _place(
        3, "Asia/Kathmandu",
        "Asmita Bishal Sunita Prakash Maya Sagar Nirmala Kiran",
        "Gurung Shrestha Tamang Adhikari Thapa Rai Karki Lama",
    ),
    _place(
        5, "Asia/Tehran",
        "Shirin Arash Nasrin Kaveh Parisa Behnam Laleh Omid",
        "Rahimi Moradi Karimi Sohrabi Jafari Azadi Farahani Bahrami",
    ),
    _place(
        4, "Asia/Manila",
        "Ligaya Bayani Amihan Rizal Marisol Jomar Tala Crisanto",
        "Santos Reyes Dizon Mercado Bautista Salonga Villanueva Abad",
    ),
    _place(
        4, "Asia/Jakarta",
        "Putri Bagus Dewi Agus Sari Rizky Wulan Hendra",
        "Wijaya Pratama Lestari Nugroho Santoso Hidayat Utami Siregar",
    ),
    _place(
        4, "Asia/Ho_Chi_Minh",
        "Linh Minh Thảo Quang Ngọc Tuấn Hương Khoa",
        "Trần Phạm Nguyễn Hoàng Vũ Đặng Bùi Đỗ",
    ),
    _place(
        5, "Asia/Tokyo",
        "Haruka Sōta Yui Ren Kenta Aoi Natsuki Daichi Misaki Riku",
        "Sasaki Yamada Hayashi Nakano Fujii Moritani Okada Ishikawa",
    ),
    _place(
        4, "Asia/Seoul",
        "Jiwoo Minjun Seoyeon Taeyang Haneul Jihoon Yuna Dohyun",
        "Kang Yoon Lim Han Seo Shin Kwon Jung",
    ),
    _place(
        3, "Asia/Taipei",
        "Hsin-yi Wei-ting Chia-hao Yu-chen Pei-shan Kuan-yu",
        "Lin Chang Huang Tsai Hsu Wu",
    ),
    _place(
        13, "America/New_York America/Chicago America/Los_Angeles America/Denver",
        "Maya Jordan Elena Marcus Tessa Andre Naomi Caleb Ximena Desmond Harriet Silas",
        "Whitfield Ramirez Coleman Nguyen Hollis Sandoval Beckett Jefferson Park Lindgren",
    ),
    _place(
        5, "America/Toronto America/Halifax America/St_Johns",
        "Camille Étienne Rowan Gabrielle Isla Mathis Wren Félix",
        "Tremblay MacLeod Gagnon Power Bouchard Sinclair Roy Penney",
    ),
    _place(
        10, "America/Sao_Paulo America/Sao_Paulo America/Manaus",
        "Larissa Caio Yara Thiago Luana Vinícius Iara Renato Bruna Otávio Janaína Davi",
        "Barbosa Nogueira Cardoso Freitas Ramos Queiroz Peixoto Tavares Machado Rocha",
    ),
    _place(
        9, "America/Mexico_City America/Bogota America/Lima America/Argentina/Buenos_Aires",
        "Ximena Santiago Valeria Mateo Renata Joaquín Camila Emilio Daniela Facundo Itzel Tadeo",
        "Quispe Aguilar Restrepo Luna Peralta Huamán Ortega Villalobos Acosta Benítez",
    ),
    _place(
        6, "Australia/Sydney Australia/Perth Pacific/Auckland Australia/Adelaide",
        "Aroha Lachlan Matilda Wiremu Imogen Jarrah Tui Hamish Keira Nikau Sienna Darcy",
        "Ngata Fraser Parata Collins Walker Tamihana Barnett Hughes Rangi Murphy",
    ),
)  # fmt: skip


def somebody(dice: Random, taken: set[str]) -> tuple[str, str]:
    """A name that nobody has yet, and a time zone; from now on the name is taken."""
    while True:
        place = dice.choices(PLACES, weights=[p.weight for p in PLACES])[0]
        name = f"{dice.choice(place.given)} {dice.choice(place.family)}"
        if name not in taken:
            taken.add(name)
            return name, dice.choice(place.zones)
