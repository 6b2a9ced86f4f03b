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
        12, "Europe/Lisbon Europe/Lisbon Atlantic/Azores",
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
        9, "Europe/Prague Europe/Warsaw Europe/Bratislava",
        "Zuzana Ondřej Kasia Marek Eliška Tomasz Hana Piotr Lenka Wojtek Alena Filip",
        "Dvořák Kowal Beneš Mazur Horák Zając Kučera Sikora Marek Wrona",
    ),
    _place(
        12, "Europe/London Europe/London Europe/Dublin",
        "Maeve Callum Priya Owen Aisling Theo Zara Rhys Niamh Idris Freya Kwame",
        "Gallagher Pritchard Osei Whitlock Byrne Ahmed Llewellyn Marsh Doyle Baptiste",
    ),
    _place(
        6, "Europe/Helsinki Europe/Stockholm Europe/Oslo",
        "Aino Elias Signe Onni Tuva Lauri Astrid Mikko Solveig Henrik Saana Jonas",
        "Koskinen Lindqvist Bakken Laine Sandberg Moen Rantala Holm Virtanen Dahl",
    ),
    _place(
        8, "Europe/Istanbul Europe/Athens",
        "Elif Deniz Zeynep Kerem Defne Emre Eleni Nikos Selin Baran Danae Stavros",
        "Yıldız Aksoy Demir Pappas Aydın Kaya Vlachos Arslan Marinos Korkmaz",
    ),
    _place(
        9, "Africa/Lagos Africa/Accra",
        "Adaeze Tunde Ama Chidi Folake Kojo Ngozi Emeka Efua Bayo Zainab Yaw",
        "Okonkwo Mensah Adeyemi Boateng Eze Balogun Asante Nwosu Bello Owusu",
    ),
    _place(
        8, "Africa/Nairobi Africa/Johannesburg Africa/Addis_Ababa",
        "Wanjiru Otieno Thandi Sipho Selam Dawit Achieng Kamau Lindiwe Abebe Naledi Baraka",
        "Mwangi Ndlovu Tadesse Odhiambo Dlamini Kariuki Bekele Mokoena Njoroge Haile",
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
        8, "Asia/Manila Asia/Jakarta Asia/Ho_Chi_Minh",
        "Ligaya Bayani Putri Bagus Linh Minh Amihan Rizal Dewi Agus Thảo Quang",
        "Santos Wijaya Reyes Pratama Trần Dizon Lestari Phạm Mercado Nugroho",
    ),
    _place(
        8, "Asia/Tokyo Asia/Seoul Asia/Taipei",
        "Haruka Sōta Jiwoo Minjun Yui Ren Seoyeon Kenta Hsin-yi Wei-ting Aoi Taeyang",
        "Sasaki Yamada Kang Hayashi Lin Nakano Yoon Fujii Chang Moritani",
    ),
    _place(
        13, "America/New_York America/Chicago America/Los_Angeles America/Denver",
        "Maya Jordan Elena Marcus Tessa Andre Naomi Caleb Ximena Desmond Harriet Silas",
        "Whitfield Ramirez Coleman Nguyen Hollis Sandoval Beckett Jefferson Park Lindgren",
    ),
    _place(
        4, "America/Toronto America/Halifax America/St_Johns",
        "Camille Étienne Rowan Gabrielle Isla Mathis Wren Félix",
        "Tremblay MacLeod Gagnon Power Bouchard Sinclair Roy Penney",
    ),
    _place(
        10, "America/Sao_Paulo America/Sao_Paulo America/Manaus",
        "Larissa Caio Yara Thiago Luana Vinícius Iara Renato Bruna Otávio Janaína Davi",
        "Barbosa Nogueira Cardoso Freitas Ramos Queiroz Peixoto Tavares Machado Rocha",
    ),
    _place(
        8, "America/Mexico_City America/Bogota America/Lima America/Argentina/Buenos_Aires",
        "Ximena Santiago Valeria Mateo Renata Joaquín Camila Emilio Daniela Facundo Itzel Tadeo",
        "Quispe Aguilar Restrepo Luna Peralta Huamán Ortega Villalobos Acosta Benítez",
    ),
    _place(
        6, "Australia/Sydney Australia/Perth Pacific/Auckland Australia/Adelaide",
        "Aroha Lachlan Matilda Wiremu Imogen Jarrah Tui Hamish Keira Nikau Sienna Darcy",
        "Ngata Fraser Parata Collins Walker Tamihana Barnett Hughes Rangi Murphy",
    ),
)  # fmt: skip


def somebody(dice: Random) -> tuple[str, str]:
    """A name and a time zone."""
    place = dice.choices(PLACES, weights=[p.weight for p in PLACES])[0]
    return f"{dice.choice(place.given)} {dice.choice(place.family)}", dice.choice(place.zones)
