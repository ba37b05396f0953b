using FedOperator.Bench.Cells;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Bench.Personalization;

/// <summary>The job of one run: ten clients that hold k classes each, ten local steps of 32 (`fedRep`: five of the head and five of the base; `fedRepLong`: five of the head, and then the ten) with momentum 0.9, which starts anew each round.</summary>
/// <remarks>BatchNorm is `local`, as in the papers, its statistics constants in the second half (docs/normalization.md: what helps FedAvg most under skew and ten local steps). Warm-up over a tenth of the rounds, then a cosine.</remarks>
internal static class PersonalPlan
{
    private const int LocalSteps = 10;
    private const int HeadSteps = LocalSteps / 2;

    /// <summary>The methods, in the order of the tables: what each makes of a cut after so many units, and the steps of its round (with a head phase: those after it).</summary>
    private static readonly IReadOnlyDictionary<string, Func<int, (PersonalizationSpec Spec, int Steps)>> s_methods = new Dictionary<string, Func<int, (PersonalizationSpec Spec, int Steps)>>(StringComparer.Ordinal)
    {
        ["fedAvg"] = _ => (new(), LocalSteps),
        ["fedPer"] = blocks => (new() { Method = PersonalizationMethod.FedPer, Blocks = blocks }, LocalSteps),
        ["fedRep"] = blocks => (new() { Method = PersonalizationMethod.FedRep, Blocks = blocks, HeadSteps = HeadSteps }, LocalSteps - HeadSteps),
        ["fedRepLong"] = blocks => (new() { Method = PersonalizationMethod.FedRep, Blocks = blocks, HeadSteps = HeadSteps }, LocalSteps),
        ["lgFedAvg"] = blocks => (new() { Method = PersonalizationMethod.LgFedAvg, Blocks = blocks }, LocalSteps),
        // Everything stays at home.
        ["localOnly"] = blocks => (new() { Method = PersonalizationMethod.FedPer, Blocks = blocks }, LocalSteps),
    };

    /// <summary>The networks: ones that two cores can train.</summary>
    public static readonly IReadOnlyDictionary<string, ModelSpec> Models = new Dictionary<string, ModelSpec>(StringComparer.Ordinal)
    {
        ["resnet8"] = new() { Architecture = Architecture.Resnet8, Width = 8 },
        ["mobilenetV1"] = new() { Architecture = Architecture.MobilenetV1, Width = 4 },
    };

    /// <summary>All cells.</summary>
    public static IReadOnlyList<PersonalCell> Cells() =>
    [
        .. from model in Models
           from classes in (int[])[2, 4, 10]
           from cell in ((string Method, int Blocks)[])
               [("fedAvg", 0), ("fedPer", 1), ("fedPer", 2), ("fedPer", 3), ("fedRep", 1), ("fedRepLong", 1), ("lgFedAvg", 1), ("localOnly", ModelSpec.UnitCount(model.Value.Architecture))]
           select new PersonalCell(cell.Method, model.Key, cell.Blocks, classes),
    ];

    /// <summary>The plan of a run.</summary>
    public static Plan Of(PersonalCell cell, int rounds, double learningRate, int seed)
    {
        var (personalization, steps) = s_methods[cell.Method](cell.Blocks);
        var spec = new FederatedJobSpec
        {
            Rounds = rounds,
            Seed = seed,
            Model = Models[cell.Model],
            Data = new DataSpec { Partition = new PartitionSpec { Method = PartitionMethod.ClassesPerClient, Classes = cell.ClassesPerClient } },
            Training = new TrainingSpec
            {
                LocalSteps = steps,
                BatchSize = 32,
                Optimizer = new OptimizerSpec { LearningRate = learningRate },
                Schedule = new ScheduleSpec { Name = ScheduleName.Cosine, WarmupRounds = Math.Max(1, rounds / 10) },
                ClipNorm = 1,
            },
            Normalization = new NormalizationSpec { Training = NormalizationTraining.Local, FreezeAtRound = (rounds / 2) + 1 },
            Personalization = personalization,
            Evaluation = new EvaluationSpec { EveryRounds = rounds + 1 },
            Clients = [new ClientGroup { Name = "edge", Replicas = FashionData.Clients }],
            Storage = new StorageSpec { Volume = new VolumeStorageSpec { ClaimName = "bench" }, Retention = new RetentionSpec { UpdateRounds = 0, Checkpoints = 1 } },
        };
        var job = new FederatedJob { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Metadata = new JobMetadata { Name = "bench" }, Spec = spec };
        return Planning.Resolve(job, "bench");
    }
}
