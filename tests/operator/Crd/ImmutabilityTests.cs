using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Tests.Crd;

/// <summary>What may change of a job, before and after its start.</summary>
public sealed class ImmutabilityTests
{
    // A change of each field that has something to do with the plan; `{}` stands for the spec.
    public static IEnumerable<(string Field, Action<JsonNode> Change)> Changes =>
    [
        ("rounds, fewer", s => s["rounds"] = 19),
        ("seed", s => s["seed"] = 2),
        ("model.architecture", s => s["model"]!["architecture"] = "mlp"),
        ("model.width", s => s["model"]!["width"] = 32),
        ("model.inputShape", s => s["model"]!["inputShape"]![1] = 32),
        ("model.initialCheckpoint, none", s => s["model"]!.AsObject().Remove("initialCheckpoint")),
        ("model.initialCheckpoint.reinitialize", s => s["model"]!["initialCheckpoint"]!["reinitialize"] = new JsonArray("fc")),
        ("data.partition.method", s => s["data"]!["partition"] = new JsonObject { ["method"] = "dirichlet", ["alpha"] = 0.5 }),
        ("data.partition.classes", s => s["data"]!["partition"]!["classes"] = 5),
        ("data.partition.featureShift", s => s["data"]!["partition"]!["featureShift"] = new JsonObject { ["contrast"] = 0.5 }),
        ("data.pixels", s => s["data"]!["pixels"] = new JsonObject { ["mean"] = new JsonArray(0.5) }),
        ("training.augmentation", s => s["training"]!["augmentation"] = new JsonObject { ["flip"] = true }),
        ("training.localSteps", s => s["training"]!["localSteps"] = 3),
        ("training.optimizer.learningRate", s => s["training"]!["optimizer"]!["learningRate"] = 0.5),
        ("training.schedule.warmupRounds", s => s["training"]!["schedule"]!["warmupRounds"] = 3),
        ("training.threads", s => s["training"]!["threads"] = 3),
        ("normalization.training", s => s["normalization"]!["training"] = "local"),
        ("personalization.method", s => s["personalization"] = new JsonObject { ["method"] = "fedPer", ["blocks"] = 1 }),
        ("aggregation.clipNorm", s => s["aggregation"]!["clipNorm"] = 1),
        ("evaluation.maxSamples", s => s["evaluation"]!["maxSamples"] = 10),
        ("participation.perRound", s => s["participation"]!["perRound"] = 0.5),
        ("participation.quorum", s => s["participation"]!["quorum"] = 0.5),
        ("startupDeadlineSeconds", s => s["startupDeadlineSeconds"] = 5),
        ("clients, one more", s => s["clients"]!.AsArray().Add(new JsonObject { ["name"] = "new" })),
        ("clients, one less", s => s["clients"]!.AsArray().RemoveAt(0)),
        ("clients, another name", s => s["clients"]![1]!["name"] = "other"),
        ("clients.replicas", s => s["clients"]![0]!["replicas"] = 6),
        ("clients.replicas, none", s => s["clients"]![0]!.AsObject().Remove("replicas")),
        ("clients.external", s => s["clients"]![1]!["external"] = true),
        ("clients.required", s => s["clients"]![1]!["required"] = true),
        ("clients.data", s => s["clients"]![1]!["data"] = new JsonObject { ["partition"] = new JsonObject { ["method"] = "iid" } }),
        ("storage.azureBlob.accountUrl", s => s["storage"]!["azureBlob"]!["accountUrl"] = "https://b.example"),
        ("storage.volume", s => s["storage"] = new JsonObject { ["volume"] = new JsonObject { ["claimName"] = "c" } }),
        ("storage.retention.checkpoints", s => s["storage"]!["retention"]!["checkpoints"] = 9),
    ];

    public static IEnumerable<(string Field, Action<JsonNode> Change)> Free =>
    [
        ("nothing", _ => { }),
        ("rounds, more", s => s["rounds"] = 21),
        ("suspend", s => s["suspend"] = true),
        ("activeDeadlineSeconds", s => s["activeDeadlineSeconds"] = 9000),
        ("ttlSecondsAfterFinished", s => s["ttlSecondsAfterFinished"] = 9),
        ("failurePolicy", s => s["failurePolicy"]!["maxRestarts"] = 3),
        ("model.width, the default written out or left out", s => s["model"]!.AsObject().Remove("width")),
        ("model.initialCheckpoint.path", s => s["model"]!["initialCheckpoint"]!["path"] = "/models/moved.safetensors"),
        ("model.initialCheckpoint.volume", s => s["model"]!["initialCheckpoint"]!["volume"] = new JsonObject { ["emptyDir"] = new JsonObject() }),
        ("trainer", s => s["trainer"]!["image"] = "x:1"),
        ("clients.nodeSelector", s => s["clients"]![0]!["nodeSelector"] = new JsonObject { ["a"] = "b" }),
        ("clients, in another order", s => s["clients"] = new JsonArray(s["clients"]![1]!.DeepClone(), s["clients"]![0]!.DeepClone())),
        ("storage.azureBlob.credentialsSecret", s => s["storage"]!["azureBlob"]!["credentialsSecret"] = "rotated"),
        ("storage.retention.onDelete", s => s["storage"]!["retention"]!["onDelete"] = "Delete"),
    ];

    [Fact]
    public async Task A_started_job_keeps_its_plan()
    {
        var old = Job(started: true);
        var refusals = await Cel.RefusalsAsync([.. Changes.Select(c => (c.Field, (JsonNode)Changed(old, c.Change), (JsonNode?)old))]);

        Assert.Empty(refusals.Where(r => r.Value.Count == 0).Select(r => r.Key));
        Assert.All(refusals.Values.SelectMany(r => r), message => Assert.Contains("once the job has started", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_touch_the_plan_may_change_at_any_time()
    {
        var old = Job(started: true);
        var refusals = await Cel.RefusalsAsync([.. Free.Select(c => (c.Field, (JsonNode)Changed(old, c.Change), (JsonNode?)old))]);

        Assert.All(refusals, r => Assert.True(r.Value.Count == 0, $"{r.Key}: {string.Join("; ", r.Value)}"));
    }

    [Fact]
    public async Task Before_the_start_everything_may_change()
    {
        var old = Job(started: false);
        var refusals = await Cel.RefusalsAsync([.. Changes.Select(c => (c.Field, (JsonNode)Changed(old, c.Change), (JsonNode?)old))]);

        Assert.All(refusals, r => Assert.True(r.Value.Count == 0, $"{r.Key}: {string.Join("; ", r.Value)}"));
    }

    [Fact]
    public void No_free_change_has_another_plan_and_each_member_of_the_plan_has_a_change_that_is_refused()
    {
        var old = Job(started: true);
        var hash = Hash(old);
        Assert.All(Free, c => Assert.Equal(hash, Hash(Changed(old, c.Change))));
        var plan = JsonSerializer.SerializeToNode(Planning.Resolve(Manifest.Read(old).Job!, "ID"), PlanJson.Default.Plan)!.AsObject();
        string[] notOfTheSpec = ["protocol", "job", "hash"];
        Assert.All(plan.Select(m => m.Key).Except(notOfTheSpec), member =>
            Assert.Contains(Changes, c => c.Field.StartsWith(member, StringComparison.Ordinal) || c.Field.StartsWith("storage." + member, StringComparison.Ordinal)));
    }

    private static string Hash(JsonNode job)
    {
        var reading = Manifest.Read(job);
        Assert.Empty(reading.Problems);
        // A job that grows keeps where its schedule ends.
        return Planning.Resolve(reading.Job!, "ID", scheduleRounds: 20).Hash;
    }

    private static JsonObject Changed(JsonObject old, Action<JsonNode> change)
    {
        var changed = (JsonObject)old.DeepClone();
        change(changed["spec"]!);
        // What a change brings in gets its defaults from the server.
        Defaults.Fill(changed, ApiJson.Default.FederatedJob);
        return changed;
    }

    private static JsonObject Job(bool started)
    {
        var job = Cel.Stored("""
            apiVersion: fedoperator.io/v1alpha1
            kind: FederatedJob
            metadata: {name: job}
            spec:
              rounds: 20
              model: {initialCheckpoint: {path: /models/start.safetensors}}
              data: {partition: {method: classesPerClient, classes: 4}}
              clients: [{name: edge, replicas: 5}, {name: far}]
              storage: {azureBlob: {accountUrl: https://a.example, credentialsSecret: key}}
            """)!;
        job["status"] = started ? new JsonObject { ["planHash"] = "abc" } : new JsonObject { ["observedGeneration"] = 1 };
        return job;
    }
}
