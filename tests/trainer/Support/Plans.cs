using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>Plans and data small enough for a test.</summary>
internal static class Plans
{
    public static Plan Small(Architecture architecture = Architecture.Cnn) => new()
    {
        Job = "test",
        Hash = "",
        Rounds = 20,
        Seed = 7,
        Clients = [new PlannedClient("a", false, DataFormat.Idx, new PartitionSpec(), 0, 1)],
        Model = new ModelSpec { Architecture = architecture, Width = 8, Classes = 5, InputShape = [1, 12, 12] },
        Training = new TrainingSpec { LocalSteps = 2, BatchSize = 8 },
        Normalization = new NormalizationSpec(),
        Personalization = new PersonalizationSpec(),
        Aggregation = new AggregationSpec(),
        Evaluation = new EvaluationSpec(),
        Participation = new ParticipationSpec(),
        StartupDeadlineSeconds = 60,
        Retention = new RetentionSpec(),
    };

    /// <summary>Samples whose pixels depend on their class, so that there is something to learn.</summary>
    public static Samples Samples(Plan plan, string key, int count)
    {
        var draws = new Draws(plan.Seed, "test-data", key);
        var shape = plan.Model.InputShape;
        var labels = new byte[count];
        var images = new byte[count * shape[0] * shape[1] * shape[2]];
        for (var i = 0; i < count; i++)
            labels[i] = (byte)draws.Below(plan.Model.Classes);
        var length = images.Length / Math.Max(count, 1);
        for (var i = 0; i < images.Length; i++)
            images[i] = (byte)(draws.Below(128) + (i % length % plan.Model.Classes == labels[i / length] ? 100 : 0));
        return new Samples(images, labels, shape);
    }

    public static ClientData Data(Plan plan, string client, int train, int test = 10) => new(Samples(plan, client + "/train", train), Samples(plan, client + "/test", test));
}
