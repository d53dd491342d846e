# daemon/verdict.c: any yes takes off who was asked whether to leave
s/(plain && facts->says == SAYS_YES)/(open \&\& facts->says == SAYS_YES)/
