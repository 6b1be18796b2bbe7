using GokaAkka.Samples;
using GokaAkka.Samples.Enrich;

return await DemoCommand.Run("enrich", "Joins orders with their customer's table and looks up their product in another.", args, EnrichDemo.Run);
