using GokaAkka.Samples;
using GokaAkka.Samples.Visit;

return await DemoCommand.Run("visit", "Visits every key of a table: closes all accounts' months while payments go on.", args, VisitDemo.Run);
