using GokaAkka.Samples;
using GokaAkka.Samples.DeferCommit;

return await DemoCommand.Run("defercommit", "Hands messages to a slow database in bulk and commits each only when it is stored.", args, DeferCommitDemo.Run);
