using k8s.Autorest;
using k8s.Models;

namespace k8s.LeaderElection.ResourceLock;

/// <summary>A lock in an object of the API server.</summary>
public abstract class MetaObjectLock<T> : ILock
    where T : class, IMetadata<V1ObjectMeta>, new()
{
    private readonly IKubernetes _client;
    private readonly string _namespace;
    private readonly string _name;
    private T _last;

    /// <summary>Names the object.</summary>
    protected MetaObjectLock(IKubernetes client, string @namespace, string name, string identity)
    {
        _client = client ?? throw new ArgumentNullException(nameof(client));
        (_namespace, _name, Identity) = (@namespace, name, identity);
    }

    /// <summary>A request was refused.</summary>
    public event Action<HttpOperationException> OnHttpError;

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public async Task<LeaderElectionRecord> GetAsync(CancellationToken cancellationToken = default)
    {
        var read = await ReadMetaObjectAsync(_client, _name, _namespace, cancellationToken).ConfigureAwait(false);
        var record = GetLeaderElectionRecord(read);
        Volatile.Write(ref _last, read);
        return record;
    }

    /// <inheritdoc/>
    public Task<bool> CreateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default)
    {
        var made = SetLeaderElectionRecord(record, new T { Metadata = new V1ObjectMeta { Name = _name, NamespaceProperty = _namespace } });
        return WriteAsync(() => CreateMetaObjectAsync(_client, made, _namespace, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<bool> UpdateAsync(LeaderElectionRecord record, CancellationToken cancellationToken = default)
    {
        var last = Volatile.Read(ref _last) ?? throw new InvalidOperationException("the lock was neither read nor created yet");
        return WriteAsync(() => ReplaceMetaObjectAsync(_client, SetLeaderElectionRecord(record, last), _name, _namespace, cancellationToken));
    }

    /// <inheritdoc/>
    public string Describe() => $"{_namespace}/{_name}";

    /// <summary>Reads the object.</summary>
    protected abstract Task<T> ReadMetaObjectAsync(IKubernetes client, string name, string namespaceParameter, CancellationToken cancellationToken);

    /// <summary>What the object says.</summary>
    protected abstract LeaderElectionRecord GetLeaderElectionRecord(T obj);

    /// <summary>Makes the object say it.</summary>
    protected abstract T SetLeaderElectionRecord(LeaderElectionRecord record, T metaObj);

    /// <summary>Creates the object.</summary>
    protected abstract Task<T> CreateMetaObjectAsync(IKubernetes client, T obj, string namespaceParameter, CancellationToken cancellationToken);

    /// <summary>Replaces the object.</summary>
    protected abstract Task<T> ReplaceMetaObjectAsync(IKubernetes client, T obj, string name, string namespaceParameter, CancellationToken cancellationToken);

    private async Task<bool> WriteAsync(Func<Task<T>> write)
    {
        try
        {
            Volatile.Write(ref _last, await write().ConfigureAwait(false));
            return true;
        }
        catch (HttpOperationException e)
        {
            OnHttpError?.Invoke(e);
            return false;
        }
    }
}

/// <summary>A lock in a Lease.</summary>
public class LeaseLock : MetaObjectLock<V1Lease>
{
    /// <summary>Names the Lease.</summary>
    public LeaseLock(IKubernetes client, string @namespace, string name, string identity)
        : base(client, @namespace, name, identity)
    {
    }

    /// <inheritdoc/>
    protected override Task<V1Lease> ReadMetaObjectAsync(IKubernetes client, string name, string namespaceParameter, CancellationToken cancellationToken) =>
        client.CoordinationV1.ReadNamespacedLeaseAsync(name, namespaceParameter, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    protected override Task<V1Lease> CreateMetaObjectAsync(IKubernetes client, V1Lease obj, string namespaceParameter, CancellationToken cancellationToken) =>
        client.CoordinationV1.CreateNamespacedLeaseAsync(obj, namespaceParameter, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    protected override Task<V1Lease> ReplaceMetaObjectAsync(IKubernetes client, V1Lease obj, string name, string namespaceParameter, CancellationToken cancellationToken) =>
        client.CoordinationV1.ReplaceNamespacedLeaseAsync(obj, name, namespaceParameter, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    protected override LeaderElectionRecord GetLeaderElectionRecord(V1Lease obj) => obj is null ? null : new LeaderElectionRecord
    {
        HolderIdentity = obj.Spec.HolderIdentity,
        LeaseDurationSeconds = obj.Spec.LeaseDurationSeconds ?? 15,
        AcquireTime = obj.Spec.AcquireTime,
        RenewTime = obj.Spec.RenewTime,
        LeaderTransitions = obj.Spec.LeaseTransitions ?? 0,
    };

    /// <inheritdoc/>
    protected override V1Lease SetLeaderElectionRecord(LeaderElectionRecord record, V1Lease metaObj)
    {
        metaObj.Spec = new V1LeaseSpec
        {
            HolderIdentity = record.HolderIdentity,
            LeaseDurationSeconds = record.LeaseDurationSeconds,
            AcquireTime = record.AcquireTime,
            RenewTime = record.RenewTime,
            LeaseTransitions = record.LeaderTransitions,
        };
        return metaObj;
    }
}
