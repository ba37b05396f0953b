using System.Globalization;
using System.Text;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Tests.Remote;

/// <summary>What `fed status` says, by example. FED_UPDATE_GOLDEN=1 writes what is said instead of comparing.</summary>
public sealed class StatusTextTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Names => [.. Cases().Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_job_is_told_in_words(string name)
    {
        using var text = new StringWriter { NewLine = "\n" };
        StatusText.Write(Cases()[name], s_now, text);

        var golden = Programs.Source($"tests/operator/Golden/status/{name}.txt");
        if (Environment.GetEnvironmentVariable("FED_UPDATE_GOLDEN") == "1")
            File.WriteAllText(golden, text.ToString());
        Assert.Equal(File.ReadAllText(golden), text.ToString());
    }

    [Fact]
    public void As_JSON_it_has_the_status_and_each_process()
    {
        var json = StatusJson.Of(Cases()["training"], s_now);

        Assert.Equal("7/20", json["status"]!["roundSummary"]!.GetValue<string>());
        Assert.Equal(["aggregator", "edge-0", "edge-1", "edge-2", "edge-3", "hospital"], json["processes"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));
        Assert.Equal("Unschedulable", json["processes"]![2]!["trouble"]!.GetValue<string>());
        Assert.True(json["processes"]![3]!["lost"]!.GetValue<bool>());
        Assert.True(json["processes"]![5]!["external"]!.GetValue<bool>());
        Assert.Equal(137, json["status"]!["failures"]![0]!["exitCode"]!.GetValue<int>());
    }

    private static Dictionary<string, RemoteJob> Cases() => new(StringComparer.Ordinal)
    {
        ["unseen"] = Job(new FederatedJobStatus(), []) with { Created = s_now.AddMinutes(-2) },
        ["just-created"] = Job(new FederatedJobStatus(), []) with { Created = s_now.AddSeconds(-2) },
        ["training"] = Job(Training, Pods("aggregator:Running", "edge-0:Running", "edge-1:Unschedulable", "edge-3:Running:2")),
        ["invalid"] = Job(
            Status(("Running", "False", "Failed", "spec.rounds: 0 is out of range; give the number of train rounds, from 1 to 999999. Correct it, and the job starts"), ("Failed", "True", "InvalidSpec", "spec.rounds: 0 is out of range")), [], spec: "rounds: 0"),
        ["failed"] = Job(
            Training with { CompletionTime = s_now.AddMinutes(-5), Conditions = Conditions_(("Running", "False", "Failed", "DeadlineExceeded: the job has run since 2026-01-01T10:00:00Z, and spec.activeDeadlineSeconds is 3600 s"), ("Failed", "True", "DeadlineExceeded", "the job has run for too long")) },
            Pods("aggregator:Failed")),
        ["complete"] = Job(
            Training with
            {
                Round = 20,
                RoundSummary = "20/20",
                ClientSummary = "0/5",
                CompletionTime = s_now.AddMinutes(-5),
                Failures = null,
                Attempts = null,
                Restarts = 0,
                Result = new JobResult { Checkpoint = "https://a.example/fj-1/results/000020.safetensors", Best = "https://a.example/fj-1/checkpoints/000018-ab.safetensors", Sha256 = "cd", Accuracy = 0.85 },
                Conditions = Conditions_(("Running", "False", "Complete", "all 20 rounds are closed"), ("Complete", "True", "Complete", "all 20 rounds are closed")),
            },
            Pods("aggregator:Succeeded", "edge-0:Succeeded", "edge-1:Succeeded", "edge-2:Succeeded", "edge-3:Succeeded")),
        ["complete-personal"] = Job(
            Training with
            {
                Round = 20,
                RoundSummary = "20/20",
                CompletionTime = s_now.AddMinutes(-5),
                Failures = null,
                Attempts = null,
                Restarts = 0,
                Result = new JobResult
                {
                    Checkpoint = "https://a.example/fj-1/results/000020.safetensors",
                    Sha256 = "cd",
                    Personal = [.. Enumerable.Range(0, 6).Select(i => new PersonalStatePlace { Client = $"edge-{i}", State = $"fj-1-p-edge-{i}/state/{i}.safetensors" }), new PersonalStatePlace { Client = "hospital", State = "state/7.safetensors" }],
                },
                Conditions = Conditions_(("Running", "False", "Complete", "all 20 rounds are closed"), ("Complete", "True", "Complete", "all 20 rounds are closed")),
            },
            []),
        ["personalized"] = Job(
            Training with { Failures = null, Attempts = null, ClientAccuracy = new ClientAccuracy { Mean = 0.91, Worst = 0.8425, WorstClient = "edge-3", GlobalModel = 0.1, Each = new Dictionary<string, double>(StringComparer.Ordinal) { ["edge-3"] = 0.8425, ["hospital"] = 0.9775 } } },
            Pods("aggregator:Running", "edge-0:Running", "edge-1:Running", "edge-2:Running", "edge-3:Running")),
        ["suspended"] = Job(
            Training with { Failures = null, Attempts = null, Conditions = Conditions_(("Running", "False", "Suspended", "spec.suspend is true; set it to false, and the job goes on after round 7"), ("Suspended", "True", "SuspendedByUser", "spec.suspend is true")) }, []),
        ["blind"] = Job(Training with { Failures = null, Attempts = null }, []) with { Blind = "pods is forbidden: User \"anna\" cannot list resource \"pods\" in API group \"\" in the namespace \"ml\"" },
        ["many-clients"] = Job(
            Training with { Failures = null, Attempts = null, ClientSummary = "39/40" },
            Pods([.. Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"edge-{i}:{(i == 7 ? "ImagePullBackOff" : "Running")}")), "aggregator:Running"]), spec: "rounds: 20", clients: "[{name: edge, replicas: 40}]"),
    };

    private static FederatedJobStatus Training => Status(("Running", "True", "Training", "7 of 20 rounds are closed"), ("Degraded", "True", "Unschedulable", "edge-1: 0/3 nodes are available: 3 Insufficient memory.")) with
    {
        StartTime = s_now.AddHours(-2),
        Round = 7,
        RoundSummary = "7/20",
        ClientSummary = "3/5",
        Accuracy = 0.561,
        Loss = 1.26,
        LastRoundSeconds = 42,
        Restarts = 4,
        Result = new JobResult { Checkpoint = "https://a.example/fj-1/checkpoints/000007-ab.safetensors", Sha256 = "ab" },
        Failures =
        [
            new() { Client = "edge-3", Round = 6, Reason = "OOMKilled", ExitCode = 137, Message = "the container used more than its limit of 256Mi", Time = s_now.AddMinutes(-3) },
            new() { Client = "edge-2", Round = 5, Reason = "Error", ExitCode = 1, Message = "The file /data/t10k is missing", Time = s_now.AddMinutes(-10) },
            new() { Client = "hospital", Round = 4, Reason = "nonFinite", Message = "train 4: conv1.weight has a NaN", Time = s_now.AddMinutes(-20) },
        ],
        Attempts = [new() { Name = "edge-2", Attempt = 3, InARow = 4, Lost = true }, new() { Name = "edge-3", Attempt = 2, InARow = 1 }],
    };

    private static RemoteJob Job(FederatedJobStatus status, IReadOnlyList<ObservedPod> pods, string spec = "rounds: 20", string clients = "[{name: edge, replicas: 4}, {name: hospital, external: true}]") => new()
    {
        Key = new JobKey("ml", "fashion"),
        Uid = "9b1c7d3e-0000-4000-8000-000000000001",
        ResourceVersion = "1",
        Created = s_now.AddHours(-3),
        IsDeleting = false,
        Spec = GoverningSpec.Of(
            new SpecText(new JobKey("lab", "fashion"), "uid", 1, Encoding.UTF8.GetBytes(GoldenFiles.ReadYaml($"{spec}\nclients: {clients}\nstorage: {{azureBlob: {{accountUrl: https://a.example}}}}\n").ToJsonString())), status, _ => []),
        Status = status,
        Pods = pods,
    };

    private static FederatedJobStatus Status(params (string Type, string Status, string Reason, string Message)[] conditions) => new() { Conditions = Conditions_(conditions) };

    private static IReadOnlyList<JobCondition> Conditions_(params (string Type, string Status, string Reason, string Message)[] conditions) =>
        [.. conditions.Select(c => new JobCondition { Type = c.Type, Status = c.Status, Reason = c.Reason, Message = c.Message })];

    // PROCESS:STATE[:ATTEMPT]
    private static IReadOnlyList<ObservedPod> Pods(params string[] pods) => [.. pods.Select(text =>
    {
        var parts = text.Split(':');
        var phase = Enum.TryParse<PodPhase>(parts[1], out var known) ? known : PodPhase.Pending;
        var attempt = parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : 0;
        return new ObservedPod
        {
            Name = $"fashion-{parts[0]}-{attempt}",
            Namespace = "ml",
            Uid = text,
            ResourceVersion = "1",
            JobUid = "9b1c7d3e-0000-4000-8000-000000000001",
            Job = "fashion",
            Process = parts[0],
            Attempt = attempt,
            Phase = phase,
            Node = phase == PodPhase.Pending ? null : "node-a",
            Created = s_now.AddMinutes(-1),
            Trouble = phase == PodPhase.Pending ? new PodTrouble(parts[1], parts[1] == "Unschedulable" ? "0/3 nodes are available: 3 Insufficient memory." : "Back-off pulling image \"trainer:2\"") : null,
            End = phase == PodPhase.Failed ? new PodEnd("Error", 3, "the job has failed", IsDisruption: false) : phase == PodPhase.Succeeded ? new PodEnd("Completed", 0, "", IsDisruption: false) : null,
        };
    })];
}
