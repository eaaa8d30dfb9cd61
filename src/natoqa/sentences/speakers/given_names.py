"""Common given names and the gender that they usually tell; a name that is used for both is in neither list."""

from __future__ import annotations

from natoqa.sentences.speakers.words import by_gender

_MEN = """
    aaron abdul abraham adam adrian ahmed alan albert alejandro alexander alexei ali allen amir anders andre andrei
    andrew andy anthony antonio antony arthur ashraf barack barry ben benjamin benny bernard bernie bill billy bob
    boris brad bradley brandon brendan brent brett brian bruce bryan byron caleb carl carlos cesar chad charles
    chester christopher chuck clarence clark cliff clint colin connor cory craig curtis dale damian dan daniel
    darren dave david dean dennis derek derrick dick diego dmitri dmitry dmytro don donald doug douglas dustin
    dwayne earl ed eddie edgar eduardo edward edwin elijah elon emmanuel enrique eric erik ernest ethan eugene evan
    felipe felix fernando francis francisco frank franklin fred frederick gabriel gareth garrett gary gavin gene
    geoffrey george gerald gilbert glenn gordon graham grant greg gregory guillermo gustavo hakeem harold harry
    hassan hector henry herbert howard hugh hugo hunter ian ibrahim igor isaac ivan jack jacob jair jake jamal james
    jared jason javier jay jeff jeffrey jens jeremy jerome jerry jim jimmy joao joaquin joe joel john johnny jon
    jonathan jorge jose josep joseph josh joshua juan julian justin karl keir keith ken kenneth kevin kirk kurt kyle
    lance larry lawrence leo leon leonard lewis liam lindsey lloyd louis lucas luis luiz luke manuel marc marco
    marcus mario mark markus marshall martin marvin matt matthew mauricio max maxwell michael michel miguel mike
    mikhail mitch mohamed mohammad mohammed muhammad narendra nathan nathaniel nayib neal neil nicholas nicolas
    nigel nirav noah norman olaf oleksandr oliver omar oscar owen pablo patrick paul pedro pete peter phil philip
    phillip pierre rafael ralph ramon randy raul ray raymond recep rex ricardo richard rick ricky rishi rob robert
    roberto rodney rodrigo roger roland ron ronald ross roy ruben russell ryan salman samuel scott sean sebastian
    sergei sergey sergio seth shane shaun shinzo silvio simon spencer stanley stefan stephen steve steven stewart
    stuart ted terrence theodore thomas tim timothy tobias todd tom tommy tony travis trevor troy tucker tyler
    tyrone valery vernon victor viktor vincent vladimir volodymyr wade walter warren wayne wesley will william
    willie wolfgang xavier xi yair yevgeny yoav yusuf zachary
"""
_WOMEN = """
    abigail adriana agnes aisha alexandra alexandria alice alicia alina alison allison amanda amber amelia amy ana
    angela angelina anita ann anna annalena anne annette annie april ariana ashley audrey barbara beatrice becky
    bella bernadette beth bethany betsy betty beverly bonnie brenda bridget brittany camila candace carla carmen
    carol caroline carolyn carrie catherine cathy cecilia celeste charlotte cheryl chloe christina christine cindy
    claire clara claudia colleen connie crystal cynthia daisy daniela danielle dawn debbie deborah debra denise
    diana diane dina donna doris dorothy eileen elaine eleanor elena elise elizabeth ella ellen emily emma erica
    erika erin esther ethel eva evelyn faith fatima fiona florence frances gabriela gail gemma georgia geraldine
    gina giorgia giselle gladys gloria grace greta gretchen hailey haley hannah heather heidi helen helena hillary
    holly ida imani ingrid irene iris isabel isabella ivana ivanka jacinda jackie jacqueline jane janet janice
    jasmine jeanne jeannine jenna jennifer jenny jessica jill joan joanna joanne jocelyn josephine joyce juanita
    judith judy julia juliana julie june kaja kamala karen kari karin karine karoline kate katherine kathleen
    kathryn kathy katie kayla kelsey ketanji kimberly kirsten kristen kristi kristin kristina laura lauren leila
    lena leticia leyen lillian linda lisa liz lizzie loretta lori louise lucia lucy lydia lynn mackenzie madeleine
    madeline maggie margaret maria mariah marianne marie marilyn marina marine marjorie martha mary maryellen
    maureen megan meghan melania melanie melinda melissa melody mercedes meredith michelle mildred mindy miranda
    miriam molly monica muriel nadia nancy naomi natalia natalie natasha nicole nikki nina nora norma olga olivia
    paige pamela patricia patty paula pauline penelope penny phyllis priscilla rachel rebecca regina renee rhonda
    rita roberta ronna rosa rose roxanne ruth sally samantha sandra sanna sara sarah savannah selena sharon sheena
    sheila shelby shirley sofia sonia sonya sophia sophie stacey stacy stella stephanie sue susan suzanne svetlana
    sylvia tamara tammy tanya tara teresa tess theresa tiffany tina tracey tricia ursula valerie vanessa vera
    veronica victoria violet virginia vivian wanda wendy whitney xiomara yolanda yvette yvonne zoe
"""
_EITHER = """
    alex andrea cameron casey charlie chris dana drew hayden jamie jan jean jesse jordan kelly kerry kim lee leslie
    logan lou morgan pat riley robin rory sam sasha shannon shawn sidney taylor terry tracy
"""

GENDER_OF = by_gender(men=_MEN, women=_WOMEN)
GIVEN_NAMES = frozenset(GENDER_OF) | frozenset(_EITHER.split())
"""Names that tell a person, whatever the gender."""
