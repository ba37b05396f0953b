using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Tests.Jobs;

/// <summary>
/// A golden case: a job, the passes before the one that is shown, and that one. What a pass plans is carried into the next: status, plan.json, control.json, finalizer. Pods, progress and time are given for each.
/// </summary>
internal sealed class Situation
{
    private const string Uid = "9b1c7d3e-0000-4000-8000-000000000001";

    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private readonly JsonObject _spec;
    private readonly Dictionary<string, long> _generations = new(StringComparer.Ordinal);
    private readonly string _name;
    private ObservedLedger _ledger = new();
    private FederatedJobStatus _status = new();
    private bool _hasFinalizer;
    private long _generation = 1;
    private string? _unapplied;

    public Situation(string yaml)
    {
        var given = GoldenFiles.ReadYaml(yaml);
        _name = given["name"]?.GetValue<string>() ?? "fashion";
        _spec = given["spec"]!.AsObject();
        Passes = [.. (given["after"] as JsonArray ?? []).Select(p => p!.AsObject()), given["pass"]!.AsObject()];
        Settings = new OperatorSettings { TrainerImage = "registry.example/fed-trainer:1" };
        ShowPods = given["show"]?.GetValue<string>() == "pods";
    }

    public IReadOnlyList<JsonObject> Passes { get; }

    public OperatorSettings Settings { get; }

    public bool ShowPods { get; }

    /// <summary>What is observed in a pass.</summary>
    public (ObservedJob Job, DateTimeOffset Now) Observe(JsonObject pass)
    {
        if (pass["spec"] is JsonObject edit)
        {
            Patch(_spec, edit);
            _generation++;
        }
        // The operator died between plan.json and the status.
        if (pass["statusLost"] is not null)
            _status = new FederatedJobStatus();
        // What it has had from its start on is unknown to an operator that began to record it later.
        if (pass["earlierVersion"] is not null)
            _status = _status with { Storage = null, AcceptedSpec = null, CredentialsKey = null };
        var now = Time(pass["now"]!);
        var text = new SpecText(new JobKey("lab", _name), Uid, _generation, Encoding.UTF8.GetBytes(_spec.ToJsonString()));
        _generations[text.Remembered!] = _generation;
        var spec = GoverningSpec.Of(text, _status, job => PodRequests.Check(job, Settings));
        var clients = spec.Job is null ? [] : ClientNames.Expand(spec.Job.Spec.Clients).Select(c => c.Name).ToList();
        var signingKey = spec.Job?.Spec.Storage.AzureBlob?.CredentialsSecret is null ? null : pass["signingKey"]?.GetValue<string>() ?? "a1b2c3d4e5f60718";
        return (new ObservedJob
        {
            Key = new JobKey("lab", _name),
            Uid = Uid,
            Generation = _generation,
            Created = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            DeletionRequested = pass["deletionRequested"] is { } asked ? Time(asked) : null,
            HasFinalizer = _hasFinalizer,
            Status = _status,
            Spec = spec,
            Pods = [.. (pass["pods"] as JsonArray ?? []).SelectMany(p => PodsOf(p!.AsObject(), clients, now))],
            Ledger = spec.Job is null ? ObservedLedger.Unread : LedgerOf(pass["ledger"] as JsonObject ?? []) with { SigningKey = signingKey },
            Unapplied = pass["unapplied"]?.GetValue<string>() ?? _unapplied,
        }, now);
    }

    /// <summary>Carries on what a pass planned.</summary>
    public void Apply(JobPlan plan)
    {
        // What the status says is read back as it was written.
        _status = JsonSerializer.Deserialize(JsonSerializer.Serialize(plan.Status, ApiJson.Default.FederatedJobStatus), ApiJson.Default.FederatedJobStatus)!;
        _hasFinalizer = plan.Finalizer switch { FinalizerChange.Add => true, FinalizerChange.Remove => false, _ => _hasFinalizer };
        _ledger = _ledger with { Plan = plan.Publish is { } published ? PlanJson.Read(PlanJson.Write(published)) : _ledger.Plan, Control = plan.Control ?? _ledger.Control };
        _unapplied = null;
    }

    public string Render(JobPlan plan)
    {
        var text = new JsonObject { ["status"] = JsonNode.Parse(JsonSerializer.Serialize(Shown(plan.Status), ApiJson.Default.FederatedJobStatus)) };
        if (plan.Finalizer != FinalizerChange.None)
            text["finalizer"] = plan.Finalizer.ToString();
        if (plan.Publish is { } publish)
            text["publish"] = $"plan.json of {publish.Job}, hash {publish.Hash}";
        if (plan.Control is { } control)
            text["control"] = JsonNode.Parse(JsonSerializer.Serialize(control, LedgerJson.Default.ControlDocument));
        if (plan.CredentialsUntil is { } until)
            text["credentialsUntil"] = Words.Time(until);
        if (plan.Delete.Count > 0)
            text["delete"] = new JsonArray([.. plan.Delete.Select(d => (JsonNode)$"{d.Name} ({d.Uid}): {d.Why}")]);
        if (plan.Create.Count > 0)
            text["create"] = new JsonArray([.. plan.Create.Select(p => ShowPods ? JsonNode.Parse(k8s.KubernetesJson.Serialize(p)) : p.Metadata.Name)]);
        if (plan.DeleteBlobs)
            text["deleteBlobs"] = true;
        if (plan.DeleteJob)
            text["deleteJob"] = true;
        if (plan.Events.Count > 0)
            text["events"] = new JsonArray([.. plan.Events.Select(e => (JsonNode)$"{(e.IsWarning ? "Warning" : "Normal")} {e.Reason}: {e.Message}")]);
        text["lookAgain"] = plan.LookAgain is { } again ? string.Create(CultureInfo.InvariantCulture, $"after {again.TotalSeconds} s") : "never";
        return GoldenFiles.WriteYaml(text);
    }

    // Of a spec that is remembered, which one it is.
    private FederatedJobStatus Shown(FederatedJobStatus status) =>
        status.AcceptedSpec is { } accepted ? status with { AcceptedSpec = _generations[accepted] == _generation ? null : string.Create(CultureInfo.InvariantCulture, $"that of generation {_generations[accepted]}") } : status;

    private ObservedLedger LedgerOf(JsonObject given)
    {
        var ledger = Given(given);
        // As Ledgers has it: control.json that asks for more rounds than were closed goes on.
        return ledger with { Ended = ledger.Ended && !(ledger.Control.Rounds > ledger.Progress?.Closed?.Number) };
    }

    private ObservedLedger Given(JsonObject given) => _ledger with
    {
        Plan = given["plan"]?.GetValue<string>() == "none" ? null : _ledger.Plan,
        Progress = given["progress"] is JsonObject progress ? Read<ProgressDocument>(progress, LedgerJson.Default.ProgressDocument) : null,
        Trouble = given["trouble"] is JsonObject trouble ? trouble.Deserialize<LedgerTrouble>(s_names) : null,
        Ended = given["ended"]?.GetValue<bool>() ?? false,
        Personal = given["personal"] is JsonArray states ? states.Deserialize<PersonalState[]>(s_names) : null,
        Failure = given["failure"] is JsonObject failure ? failure.Deserialize<Failure>(s_names) : null,
    };

    private static T Read<T>(JsonObject node, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var copy = node.DeepClone();
        Defaults.Fill(copy, type);
        return copy.Deserialize(type)!;
    }

    /// <summary>One pod for each name of `process` (a name, or several with blanks between).</summary>
    private IEnumerable<ObservedPod> PodsOf(JsonObject given, List<string> clients, DateTimeOffset now)
    {
        foreach (var process in given["process"]!.GetValue<string>().Split(' '))
        {
            var attempt = (int)(given["attempt"]?.GetValue<long>() ?? 0);
            var isAggregator = process == JobProcesses.AggregatorName;
            var index = isAggregator ? 0 : (_ledger.Plan?.Clients.Select(c => c.Name).ToList() ?? clients).IndexOf(process);
            var name = ChildNames.Pod(_name, isAggregator, index, attempt);
            var phase = Enum.Parse<PodPhase>(given["phase"]!.GetValue<string>());
            yield return new ObservedPod
            {
                Name = name,
                Namespace = "lab",
                Uid = "uid-of-" + name,
                ResourceVersion = "1",
                JobUid = Uid,
                Job = _name,
                Process = process,
                Attempt = attempt,
                Phase = phase,
                Terminating = given["terminating"]?.GetValue<bool>() ?? given["terminatingUntil"] is not null,
                TerminatingUntil = given["terminatingUntil"] is { } until ? Time(until) : null,
                Ready = phase == PodPhase.Running,
                Node = given["node"]?.GetValue<string>() ?? (phase == PodPhase.Pending ? null : "node-1"),
                Created = given["created"] is { } created ? Time(created) : now - TimeSpan.FromMinutes(1),
                Trouble = given["trouble"] is JsonObject trouble ? trouble.Deserialize<PodTrouble>(s_names) : null,
                WaitingSince = phase == PodPhase.Pending && given["trouble"] is null ? given["created"] is { } since ? Time(since) : now - TimeSpan.FromMinutes(1) : null,
                End = given["end"] is JsonObject end ? end.Deserialize<PodEnd>(s_names) : phase == PodPhase.Succeeded ? new PodEnd(PodFailure.Completed, 0, "done", IsDisruption: false) : null,
            };
        }
    }

    private static void Patch(JsonObject target, JsonObject edit)
    {
        foreach (var (name, value) in edit)
        {
            if (value is JsonObject inner && target[name] is JsonObject map)
                Patch(map, inner);
            else if (value is null)
                target.Remove(name);
            else
                target[name] = value.DeepClone();
        }
    }

    private static DateTimeOffset Time(JsonNode node)
    {
        var text = node.GetValue<string>();
        return DateTimeOffset.Parse(text.Length > 9 ? text : $"2026-01-01T{text}Z", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
