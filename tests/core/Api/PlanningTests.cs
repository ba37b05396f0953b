using System.Text;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Api;

public sealed class PlanningTests
{
    public static IEnumerable<object[]> Good => Golden.Cases("plans");

    [Theory]
    [MemberData(nameof(Good))]
    public void A_manifest_becomes_the_plan_that_is_kept_beside_it(string name)
    {
        var reading = Manifest.Read(Golden.Given("plans", name));

        Assert.Empty(reading.Problems);
        Golden.Expect("plans", name, "plan.json", Encoding.UTF8.GetString(PlanJson.Write(Planning.Resolve(reading.Job!, "job"))));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_plan_survives_being_written_and_read(string name)
    {
        var plan = Resolve(Job(name).Spec);

        Assert.Equal(PlanJson.Write(plan), PlanJson.Write(PlanJson.Read(PlanJson.Write(plan))));
    }

    [Fact]
    public void A_plan_changed_by_hand_is_refused()
    {
        var text = Encoding.UTF8.GetString(PlanJson.Write(Resolve(Job("minimal").Spec))).Replace("\"seed\": 1", "\"seed\": 2", StringComparison.Ordinal);

        Assert.Throws<InvalidDataException>(() => PlanJson.Read(Encoding.UTF8.GetBytes(text)));
    }

    public static TheoryData<string, Func<FederatedJobSpec, FederatedJobSpec>> Harmless => new()
    {
        { "rounds", s => s with { Rounds = s.Rounds + 5 } },
        { "suspend", s => s with { Suspend = true } },
        { "storage", s => s with { Storage = new StorageSpec { AzureBlob = new AzureBlobSpec { AccountUrl = "https://x" } } } },
        { "retention", s => s with { Storage = s.Storage with { Retention = new RetentionSpec { UpdateRounds = 9, OnDelete = OnDelete.Delete } } } },
        { "volume", s => s with { Data = s.Data with { Volume = [] } } },
        { "path", s => s with { Data = s.Data with { Path = "/elsewhere" } } },
        { "where the initial checkpoint lies", s => s with { Model = s.Model with { InitialCheckpoint = s.Model.InitialCheckpoint! with { Path = "elsewhere.safetensors", Volume = [] } } } },
        { "pods", s => s with { Trainer = new PodSpec { Image = "x" }, Aggregator = new PodSpec { Resources = [] } } },
        { "deadlines", s => s with { ActiveDeadlineSeconds = 9999, StartupDeadlineSeconds = 5, TtlSecondsAfterFinished = 1 } },
        { "round deadline and quorum", s => s with { Participation = s.Participation with { DeadlineSeconds = 1, Quorum = 0.5, MaxMissedRounds = 7 } } },
        { "failure policy", s => s with { FailurePolicy = new FailurePolicySpec { MaxRestarts = 0 } } },
        { "the groups behind the same names", s => s with { Clients = [.. ClientNames.Expand(s.Clients).Select(c => new ClientGroup { Name = c.Name, Required = true })] } },
    };

    public static TheoryData<string, Func<FederatedJobSpec, FederatedJobSpec>> Decisive => new()
    {
        { "seed", s => s with { Seed = 2 } },
        { "learning rate", s => s with { Training = s.Training with { Optimizer = s.Training.Optimizer with { LearningRate = 0.2 } } } },
        { "schedule", s => s with { Training = s.Training with { Schedule = s.Training.Schedule with { Rounds = 7 } } } },
        { "threads", s => s with { Training = s.Training with { Threads = 2 } } },
        { "one more client", s => s with { Clients = [.. s.Clients, new ClientGroup { Name = "late" }] } },
        { "a client's name", s => s with { Clients = [s.Clients[0] with { Name = "other" }] } },
        { "partition", s => s with { Data = s.Data with { Partition = new PartitionSpec() } } },
        { "pixels", s => s with { Data = s.Data with { Pixels = new PixelSpec { Mean = [0.5] } } } },
        { "feature shift", s => s with { Data = s.Data with { Partition = s.Data.Partition with { FeatureShift = new FeatureShiftSpec { Noise = 0.1 } } } } },
        { "format", s => s with { Data = s.Data with { Format = DataFormat.Safetensors } } },
        { "augmentation", s => s with { Training = s.Training with { Augmentation = new AugmentationSpec { Flip = true } } } },
        { "sampling", s => s with { Participation = s.Participation with { PerRound = 0.5 } } },
        { "normalization", s => s with { Normalization = s.Normalization with { GradientStatistics = false } } },
        { "server momentum", s => s with { Aggregation = s.Aggregation with { Server = s.Aggregation.Server with { Momentum = 0.5 } } } },
        { "no initial checkpoint", s => s with { Model = s.Model with { InitialCheckpoint = null } } },
        { "what is drawn in spite of the initial checkpoint", s => s with { Model = s.Model with { InitialCheckpoint = s.Model.InitialCheckpoint! with { Reinitialize = ["fc", "conv1"] } } } },
        { "width", s => s with { Model = s.Model with { Width = 8 } } },
        { "personal units", s => s with { Personalization = new PersonalizationSpec { Method = PersonalizationMethod.FedPer, Blocks = 1 } } },
    };

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_does_not_determine_bytes_keeps_the_hash(string what, Func<FederatedJobSpec, FederatedJobSpec> change)
    {
        var spec = WithScheduleAndCheckpoint(Job("fashion-mnist").Spec);

        Assert.True(Resolve(spec).Hash == Resolve(change(spec)).Hash, what);
    }

    [Theory]
    [MemberData(nameof(Decisive))]
    public void What_determines_bytes_changes_the_hash(string what, Func<FederatedJobSpec, FederatedJobSpec> change)
    {
        var spec = WithScheduleAndCheckpoint(Job("fashion-mnist").Spec);

        Assert.False(Resolve(spec).Hash == Resolve(change(spec)).Hash, what);
    }

    [Fact]
    public void A_plan_of_an_earlier_version_keeps_the_hash_that_it_was_given()
    {
        var plan = Resolve(Job("fashion-mnist").Spec);
        var earlier = JsonNode.Parse(PlanJson.Write(plan))!.AsObject();
        earlier["normalization"]!.AsObject().Remove("groups");
        earlier["evaluation"]!.AsObject().Remove("everyRounds");
        var given = PlanHash.Of(earlier);
        earlier["hash"] = given;

        var read = PlanJson.Read(Encoding.UTF8.GetBytes(earlier.ToJsonString()));

        Assert.Equal(given, read.Hash);
        Assert.NotEqual(plan.Hash, read.Hash);
        Assert.Equal(8, read.Normalization.Groups);
        earlier["seed"] = 99;
        Assert.Throws<InvalidDataException>(() => PlanJson.Read(Encoding.UTF8.GetBytes(earlier.ToJsonString())));
    }

    [Fact]
    public void The_job_id_is_not_in_the_hash()
    {
        var job = Job("fashion-mnist");

        Assert.Equal(Planning.Resolve(job, "a").Hash, Planning.Resolve(job, "b").Hash);
    }

    [Fact]
    public void A_job_that_grows_keeps_its_first_schedule()
    {
        var job = Job("fashion-mnist");
        var first = Planning.Resolve(job, "a");
        var grown = Planning.Resolve(job with { Spec = job.Spec with { Rounds = 500 } }, "a", first.Training.Schedule.Rounds);

        Assert.Equal(first.Hash, grown.Hash);
        Assert.NotEqual(first.Hash, Planning.Resolve(job with { Spec = job.Spec with { Rounds = 500 } }, "a").Hash);
    }

    [Fact]
    public void Clients_are_in_ordinal_order_and_shards_follow_it()
    {
        var plan = Resolve(Job("mixed-groups").Spec);
        var shared = plan.Clients.Where(c => c.Shards > 1).ToList();

        Assert.Equal(plan.Clients.Select(c => c.Name).Order(StringComparer.Ordinal), plan.Clients.Select(c => c.Name));
        Assert.Equal(Enumerable.Range(0, 12), shared.Select(c => c.Shard));
        Assert.All(shared, c => Assert.Equal(12, c.Shards));
        Assert.Equal(["hospital-b", "own-0", "own-1"], plan.Clients.Where(c => c.Shards == 1).Select(c => c.Name));
    }

    [Fact]
    public void Data_sets_that_are_shared_or_scaled_otherwise_are_different_data_sets()
    {
        FederatedJobSpec With(DataSpec lab) => Job("minimal").Spec with { Clients = [new ClientGroup { Name = "edge", Replicas = 2 }, new ClientGroup { Name = "lab", Replicas = 3, Data = lab }] };
        Assert.All(Resolve(With(new DataSpec())).Clients, c => Assert.Equal(5, c.Shards));
        foreach (var other in (DataSpec[])[new() { Pixels = new PixelSpec { Mean = [0.4] } }, new() { Partition = new PartitionSpec { FeatureShift = new FeatureShiftSpec { Rotation = 9 } } }])
            Assert.Equal([2, 2, 3, 3, 3], Resolve(With(other)).Clients.Select(c => c.Shards));
    }

    private static FederatedJob Job(string name) => Manifest.Read(Golden.Given("plans", name)).Job!;

    private static Plan Resolve(FederatedJobSpec spec) => Planning.Resolve(Job("minimal") with { Spec = spec }, "job");

    private static FederatedJobSpec WithScheduleAndCheckpoint(FederatedJobSpec spec) =>
        spec with
        {
            Training = spec.Training with { Schedule = spec.Training.Schedule with { Rounds = 300 } },
            Model = spec.Model with { InitialCheckpoint = new InitialCheckpointSpec { Path = "/models/a.safetensors", Reinitialize = ["fc"] } },
        };
}
