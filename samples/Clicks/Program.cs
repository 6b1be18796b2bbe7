using GokaAkka.Samples.Clicks;

return await new ClicksCommand().Run(args);
