using System.Collections;
using System.Globalization;

namespace TorchSharp.Modules;

/// <summary>A list of modules that are registered under their numbers.</summary>
public class ModuleList<T> : torch.nn.Module, IList<T> where T : torch.nn.Module
{
    private readonly List<T> list = [];

    /// <summary>Of these.</summary>
    public ModuleList(params T[] modules) : base("ModuleList") => list.AddRange(modules);

    /// <summary>One of them.</summary>
    public T this[int index]
    {
        get => list[index];
        set => list[index] = value;
    }

    /// <summary>Number of modules.</summary>
    public int Count => list.Count;

    /// <summary>False.</summary>
    public bool IsReadOnly => false;

    /// <summary>Adds one.</summary>
    public void Add(T item) => list.Add(item);

    /// <summary>Adds several.</summary>
    public void append(params T[] parameters) => list.AddRange(parameters);

    /// <summary>Adds several.</summary>
    public void extend(IEnumerable<T> modules) => list.AddRange(modules);

    /// <summary>Removes all.</summary>
    public void Clear() => list.Clear();

    /// <summary>Whether it is among them.</summary>
    public bool Contains(T item) => list.Contains(item);

    /// <summary>Copies them.</summary>
    public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);

    /// <summary>Its number, or -1.</summary>
    public int IndexOf(T item) => list.IndexOf(item);

    /// <summary>Puts one in between.</summary>
    public void Insert(int index, T item) => list.Insert(index, item);

    /// <summary>Removes one.</summary>
    public bool Remove(T item) => list.Remove(item);

    /// <summary>Removes one.</summary>
    public void RemoveAt(int index) => list.RemoveAt(index);

    /// <summary>Over all.</summary>
    public IEnumerator<T> GetEnumerator() => list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        ClearModules();
        for (var i = 0; i < list.Count; i++)
            register_module(i.ToString(CultureInfo.InvariantCulture), list[i]);
    }
}
