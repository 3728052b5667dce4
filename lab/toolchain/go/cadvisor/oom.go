package main

import (
	"sync"

	"github.com/google/cadvisor/lib/manager"
	"github.com/google/cadvisor/lib/model"
	"github.com/google/cadvisor/utils/oomparser"
	"k8s.io/klog/v2"
)

// oomKills counts, for each cgroup, the processes that the kernel killed for want of memory. The
// library's manager leaves this to the program around it.
type oomKills struct {
	sync.Mutex
	of map[string]uint64
}

// countOOMKills follows the kernel's log; where it cannot be read, every count stays 0, as upstream's.
func countOOMKills() *oomKills {
	kills := &oomKills{of: map[string]uint64{}}
	parser, err := oomparser.New()
	if err != nil {
		klog.Warningf("the kernel log cannot be read, container_oom_events_total stays 0: %v", err)
		return kills
	}
	found := make(chan *oomparser.OomInstance)
	go parser.StreamOoms(found)
	go func() {
		for kill := range found {
			kills.Lock()
			kills.of[kill.ContainerName]++
			kills.Unlock()
		}
	}()
	return kills
}

// metricSource is the manager with those counts in its samples.
type metricSource struct {
	manager.Manager
	killed *oomKills
}

func (s metricSource) GetRequestedContainersInfo(name string, options model.RequestOptions) (map[string]*model.ContainerInfo, error) {
	infos, err := s.Manager.GetRequestedContainersInfo(name, options)
	s.killed.Lock()
	defer s.killed.Unlock()
	for _, info := range infos {
		for _, sample := range info.Stats {
			sample.OOMEvents = s.killed.of[info.Name]
		}
	}
	return infos, err
}
